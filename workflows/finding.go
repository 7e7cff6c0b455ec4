package workflows

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"koppel/onboarding"
)

// AnyAttention stands in a Filter for whatever wants attention.
const AnyAttention = "any"

// Filter says which cases an agent looks for. What is empty does not narrow.
type Filter struct {
	Reference   onboarding.Reference
	Step        onboarding.Step
	Before      time.Time // the step has lasted since before that
	Institution onboarding.InstitutionCode
	Attention   string // a value of KoppelAttention, or AnyAttention
}

// Query asks for these cases in the language of Temporal's visibility, as Temporal UI takes it: with absolute times only.
// Cases that are over are asked for by their reference or by a step that is an end.
func (f Filter) Query() string {
	parts := []string{"KoppelRef IS NOT NULL"}
	if f.Reference != "" {
		parts = []string{is(KoppelRef.GetName(), string(f.Reference))}
	} else if !f.Step.Over() {
		parts = append(parts, is("ExecutionStatus", "Running"))
	}
	if f.Step != "" {
		parts = append(parts, is(KoppelStep.GetName(), string(f.Step)))
	}
	if !f.Before.IsZero() {
		parts = append(parts, fmt.Sprintf("%s < %q", KoppelStepSince.GetName(), f.Before.UTC().Format(time.RFC3339)))
	}
	if f.Institution != "" {
		parts = append(parts, is(KoppelInstitution.GetName(), string(f.Institution)))
	}
	switch f.Attention {
	case "":
	case AnyAttention:
		parts = append(parts, KoppelAttention.GetName()+" IS NOT NULL")
	default:
		parts = append(parts, is(KoppelAttention.GetName(), f.Attention))
	}
	return strings.Join(parts, " AND ")
}

func is(name, value string) string { return fmt.Sprintf("%s = %q", name, value) }

// QueryLink is the page of Temporal UI that shows what a query finds; empty where the address of the UI is not known.
func QueryLink(ui, namespace, query string) string {
	if ui == "" {
		return ""
	}
	return strings.TrimSuffix(ui, "/") + "/namespaces/" + url.PathEscape(namespace) + "/workflows?query=" + url.QueryEscape(query)
}

// Listed is a case as Temporal's visibility has it.
type Listed struct {
	Kind         onboarding.CaseKind // empty for what is no case of a person
	Reference    onboarding.Reference
	Step         onboarding.Step
	Since        time.Time
	Deadline     time.Time
	Institutions []onboarding.InstitutionCode
	Attention    string
}

// caseKinds are the kinds of cases by workflow type.
var caseKinds = map[string]onboarding.CaseKind{
	LinkingName: onboarding.LinkingCase, AdditionName: onboarding.AdditionCase, PasswordResetName: onboarding.ResetCase,
	EmailChangeName: onboarding.EmailChangeCase, UnlinkingName: onboarding.UnlinkingCase,
}

// ReadListed reads what visibility tells of a workflow.
func ReadListed(info *workflow.WorkflowExecutionInfo) (Listed, error) {
	listed := Listed{Kind: caseKinds[info.GetType().GetName()]}
	fields := info.GetSearchAttributes().GetIndexedFields()
	for name, into := range map[string]any{
		KoppelRef.GetName(): &listed.Reference, KoppelStep.GetName(): &listed.Step, KoppelStepSince.GetName(): &listed.Since,
		KoppelDeadline.GetName(): &listed.Deadline, KoppelInstitution.GetName(): &listed.Institutions,
		KoppelAttention.GetName(): &listed.Attention,
	} {
		if err := readField(fields[name], into); err != nil {
			return Listed{}, fmt.Errorf("read %s of %s: %w", name, info.GetExecution().GetWorkflowId(), err)
		}
	}
	return listed, nil
}

func readField(field *common.Payload, into any) error {
	if field == nil {
		return nil
	}
	return converter.GetDefaultDataConverter().FromPayload(field, into)
}

// Steps lists the steps that cases of any kind can be at, by name.
func Steps() (all []onboarding.Step) {
	for _, names := range stepNames {
		for step := range names {
			all = append(all, step)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
