package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"go.temporal.io/api/workflowservice/v1"

	"koppel/devstack"
	"koppel/messages"
)

// TestMailThatComesBackLeadsToAnotherAddress lets the mail server accept the PIN mail and send it back through the
// pipe. The page says so, in both languages, and the visitor goes on with another address. The mail to that one comes
// back after the link was made, through the webhook, and disturbs nobody.
func TestMailThatComesBackLeadsToAnotherAddress(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	v := newVisitor(t, stack, narrow, true)
	v.login("jane")
	mistyped := regenboog1
	mistyped.email = "jane.jannsen@regenboog.example"
	v.link(mistyped)
	v.mailedPIN(mistyped.email, 1)
	awaitRow(t, stack, `select count(*) from mails where state = 'sent'`)
	mail := stack.Mailbox.Mails(mistyped.email)[0]
	strangers := strings.ReplaceAll(returned(mail), mail.MessageID[:4], "0000")
	if output, err := stack.RunWith(t.Context(), strings.NewReader(strangers), "bounce"); err == nil || !strings.Contains(err.Error(), "exit status 65") {
		t.Errorf("a report that a stranger made up: %v %s", err, output)
	}
	for range 2 { // mail servers repeat themselves
		if _, err := stack.RunWith(t.Context(), strings.NewReader(returned(mail)), "bounce"); err != nil {
			t.Fatal(err)
		}
	}
	awaitRow(t, stack, `select count(*) from mails where state = 'bounced' and bounce_status = '5.1.1'`)
	awaitAttention(t, stack, "mail_bounced")
	for _, language := range []messages.Language{messages.English, messages.Dutch} {
		v.open(stack.WebURL() + "/koppelen/pincode?taal=" + string(language))
		v.await(`html[lang="` + string(language) + `"]`)
		v.shows(messages.Text(language, "st.fail", map[string]string{"email": mistyped.email}))
		v.look("not-delivered-" + string(language))
	}
	v.press(`main a[href="/koppelen/e-mail"]`)
	v.awaitPath("/koppelen/e-mail")
	v.run("empty the field", chromedp.Clear(chromedp.CSS(`[name=email]`)))
	v.fill(map[string]string{"email": regenboog1.email})
	v.press(`form[action="/koppelen/e-mail"] [type=submit]`)
	v.awaitPath("/koppelen/pincode")
	v.confirm(v.mailedPIN(regenboog1.email, 1))
	v.awaitPath("/start")
	v.oneLink()
	record(t, "linking-bounced-mail", finishedHistory(t, stack))

	status := sendReport(t, stack, returned(stack.Mailbox.Mails(regenboog1.email)[0]))
	awaitRow(t, stack, `select count(*) - 1 from mails where state = 'bounced'`)
	if status != http.StatusOK {
		t.Errorf("the webhook answers %d", status)
	}
	v.oneLink()
}

// returned is a mail as the server of the receiver sends it back: to the sender of its envelope.
func returned(m devstack.Mail) string {
	return fmt.Sprintf(`Return-Path: <>
From: MAILER-DAEMON@mx.regenboog.example
To: %s
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The address is not known here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.regenboog.example

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-ID: <%s>
--b--
`, m.From, strings.Join(m.To, " "), m.MessageID)
}

// sendReport sends a message to the webhook.
func sendReport(t *testing.T, stack *devstack.Stack, message string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, stack.WebURL()+"/mail/bounce", strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+devstack.BounceSecret)
	request.Header.Set("Content-Type", "message/rfc822")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

// awaitAttention waits until Temporal lists one case that wants attention for that.
func awaitAttention(t *testing.T, stack *devstack.Stack, attention string) {
	t.Helper()
	c, err := stack.Temporal.Client()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := within(t, patience)
	for {
		listed, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: devstack.Namespace, Query: `WorkflowType = "Linking" and KoppelAttention = "` + attention + `"`})
		if err != nil {
			t.Fatal(err)
		}
		if len(listed.Executions) == 1 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nobody wants attention for %s", attention)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// awaitRow waits until a count is 1.
func awaitRow(t *testing.T, stack *devstack.Stack, count string) {
	t.Helper()
	ctx := within(t, patience)
	for {
		var n int
		if query(t, stack, count, &n); n == 1 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d: %s", n, count)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
