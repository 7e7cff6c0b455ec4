package brokertest

import "testing"

func TestNewRefuses(t *testing.T) {
	good := Options{BaseURL: "http://127.0.0.1:1", Keys: []Key{testKeys()["broker 1"]}, ServiceProvider: ServiceProvider{
		EntityID: providerID, ACSURL: acsURL, Certificate: testKeys()["provider"].Certificate}}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Options){
		"no base URL":       func(o *Options) { o.BaseURL = "" },
		"slash at the end":  func(o *Options) { o.BaseURL += "/" },
		"no ACS":            func(o *Options) { o.ServiceProvider.ACSURL = "" },
		"no certificate":    func(o *Options) { o.ServiceProvider.Certificate = nil },
		"half a key":        func(o *Options) { o.Keys = []Key{{Certificate: testKeys()["stranger"].Certificate}} },
		"entity id of a HM": func(o *Options) { o.ServiceProvider.EntityID = EntityID },
	} {
		options := good
		change(&options)
		if _, err := New(options); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestNewMakesTwoKeys(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Keys = nil })
	keys := w.broker.Keys()
	if len(keys) != 2 || keys[0].Name() == keys[1].Name() {
		t.Fatalf("%d keys, want two different ones", len(keys))
	}
	if err := validate(t, w.resolve(w.login("jane", "").Artifact()), keys[0]); err != nil {
		t.Error(err)
	}
}
