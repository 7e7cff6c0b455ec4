package brokertest

import "github.com/beevik/etree"

// wrappingAttacks move what is signed to a place where nobody reads it and put something forged where it was
// (Somorovsky et al., "On Breaking SAML", 2012, whose numbers they bear). Later finds of the same kind: CVE-2022-41912,
// CVE-2024-45409, CVE-2025-25291, CVE-2025-25292, CVE-2025-46572, CVE-2025-47949, CVE-2025-66568.
func wrappingAttacks() []Attack {
	return []Attack{
		{"S2", "XSW1: the signed message inside its own signature", onMessage(func(signed, forged *etree.Element) {
			carry(forged, signed).AddChild(signed)
		})},
		{"S2", "XSW2: the signed message beside its signature", onMessage(func(signed, forged *etree.Element) {
			carry(forged, signed)
			forged.InsertChildAt(1, signed)
		})},
		{"S2", "XSW2 with the same ID", onMessage(func(signed, forged *etree.Element) {
			forged.CreateAttr("ID", signed.SelectAttrValue("ID", ""))
			carry(forged, signed)
			forged.InsertChildAt(1, signed)
		})},
		{"S3", "XSW3: a forged assertion before the signed one", onAssertion(func(signed, forged *etree.Element) {
			signed.Parent().InsertChildAt(signed.Index(), forged)
		})},
		{"S3", "a forged assertion after the signed one", onAssertion(func(signed, forged *etree.Element) {
			signed.Parent().AddChild(forged)
		})},
		{"S3", "a forged assertion of the same ID", onAssertion(func(signed, forged *etree.Element) {
			forged.CreateAttr("ID", signed.SelectAttrValue("ID", ""))
			signed.Parent().AddChild(forged)
		})},
		{"S2", "XSW4: the signed assertion inside a forged one", onAssertion(func(signed, forged *etree.Element) {
			signed.Parent().InsertChildAt(signed.Index(), forged)
			forged.AddChild(signed)
		})},
		{"S2", "XSW5: a changed assertion, and the true one at the end", onAssertion(func(signed, forged *etree.Element) {
			carry(forged, signed)
			signed.Parent().InsertChildAt(signed.Index(), forged)
			signed.Parent().AddChild(signed)
		})},
		{"S2", "XSW6: the true assertion inside the signature of a changed one", onAssertion(func(signed, forged *etree.Element) {
			signed.Parent().InsertChildAt(signed.Index(), forged)
			carry(forged, signed).AddChild(signed)
		})},
		{"S3", "XSW7: a forged assertion in Extensions", onAssertion(func(signed, forged *etree.Element) {
			signed.Parent().CreateElement("samlp:Extensions").AddChild(forged)
		})},
		{"S2", "XSW8: the true assertion in ds:Object of a changed one", onAssertion(func(signed, forged *etree.Element) {
			signed.Parent().InsertChildAt(signed.Index(), forged)
			carry(forged, signed).CreateElement("ds:Object").AddChild(signed)
		})},
		{"S3", "a forged assertion in ds:Object of the message", func(a *Answer) {
			a.MessageSignature.Tamper = func(message *etree.Element) {
				forged := forge(message.FindElement("./Response/Assertion"))
				message.FindElement("./Signature").CreateElement("ds:Object").AddChild(forged)
			}
		}},
	}
}

// onMessage puts a forged ArtifactResponse in the place of the signed one, once everything is signed.
func onMessage(wrap func(signed, forged *etree.Element)) func(*Answer) {
	return func(a *Answer) {
		a.MessageSignature.Tamper = func(signed *etree.Element) {
			forged, body := forge(signed), signed.Parent()
			body.RemoveChild(signed)
			body.AddChild(forged)
			wrap(signed, forged)
		}
	}
}

// onAssertion wraps the assertion once it is signed; what is around it is signed afterwards, by a broker that was
// led to do so, which is the hardest case.
func onAssertion(wrap func(signed, forged *etree.Element)) func(*Answer) {
	return func(a *Answer) {
		a.AssertionSignature.Tamper = func(signed *etree.Element) { wrap(signed, forge(signed)) }
	}
}

// forge copies an element, without signatures and under other IDs, and raises its level.
func forge(signed *etree.Element) *etree.Element {
	forged := signed.Copy()
	for _, part := range append(forged.FindElements("//"), forged) {
		if part.SelectAttr("ID") != nil {
			part.CreateAttr("ID", newID())
		}
		if part.SelectAttr("Id") != nil {
			part.CreateAttr("Id", newID())
		}
		for _, signature := range children(part, nsSignature, "Signature") {
			part.RemoveChild(signature)
		}
	}
	raiseLevel(forged)
	return forged
}

// carry moves the signature of the signed element into the forged one, after its Issuer.
func carry(forged, signed *etree.Element) (signature *etree.Element) {
	signature = children(signed, nsSignature, "Signature")[0]
	signed.RemoveChild(signature)
	forged.InsertChildAt(signaturePlace(forged), signature)
	return signature
}
