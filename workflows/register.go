package workflows

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"koppel/activities"
	"koppel/onboarding"
)

// RegisterNoticeName is the workflow type that tells one person of one change in the registers.
const RegisterNoticeName = "RegisterNotice"

// RegisterNoticeInput names a notice. The codes are public register data.
type RegisterNoticeInput struct {
	Notice      string // random id
	Change      onboarding.RegisterChange
	Institution onboarding.InstitutionCode
	Other       onboarding.InstitutionCode // successor or new board; may be empty
}

// RegisterNoticeResult is what became of the mail.
type RegisterNoticeResult struct {
	Mail onboarding.MailState
}

// RegisterNoticeID makes a notice run once, however often an import starts it.
func RegisterNoticeID(notice string) string { return "register-" + notice }

// RegisterNoticeOptions starts a notice or joins the one that runs. One that has completed is not run again; one that
// was terminated is.
func RegisterNoticeOptions(in RegisterNoticeInput) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       RegisterNoticeID(in.Notice),
		TaskQueue:                activities.MainQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		TypedSearchAttributes:    temporal.NewSearchAttributes(KoppelInstitution.ValueSet(in.institutions())),
		StaticSummary:            "Bericht: " + in.text(),
	}
}

func (in RegisterNoticeInput) institutions() []string {
	if in.Other == "" {
		return []string{string(in.Institution)}
	}
	return []string{string(in.Institution), string(in.Other)}
}

// text says what changed.
func (in RegisterNoticeInput) text() string {
	switch in.Change {
	case onboarding.Merged:
		return fmt.Sprintf("%s is opgegaan in %s", in.Institution, in.Other)
	case onboarding.Moved:
		return fmt.Sprintf("%s heeft nu bestuur %s", in.Institution, in.Other)
	}
	return fmt.Sprintf("%s is gesloten", in.Institution)
}

// RegisterNotice mails one person what changed for an institution. It goes on for as long as the mail server is away; a
// mail that is refused for good ends it, as the start page tells the person too.
func RegisterNotice(ctx workflow.Context, in RegisterNoticeInput) (RegisterNoticeResult, error) {
	options := mailing
	options.Summary = "Bericht over de wijziging mailen"
	var sent activities.Sent
	notice := errand{{"Wijziging", in.text()}}
	err := notice.do(ctx, options, "Het bericht wordt gemaild", do.SendRegisterNotice, activities.NoticeJob{Notice: in.Notice}, &sent)
	if err != nil {
		return RegisterNoticeResult{}, err
	}
	notice.describe(ctx, noticeEndings[sent.State], "Klaar. De beginpagina van de gebruiker vertelt hetzelfde.")
	return RegisterNoticeResult{Mail: sent.State}, nil
}

var noticeEndings = map[onboarding.MailState]string{
	onboarding.MailSent:       "Gemaild",
	onboarding.MailRefused:    "De mail is geweigerd door de mailserver",
	onboarding.MailSuperseded: "Niet meer nodig: deze gebruiker is er niet meer",
}
