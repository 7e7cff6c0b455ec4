package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"koppel/activities"
	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

func holdMail(c *counter) *cobra.Command {
	var perSecond float32
	command := &cobra.Command{
		Use:   "hold-mail",
		Short: "Keep all mail back: no mail leaves until `koppel ops release-mail`",
		Long: "Sets the rate of the queue of mails, to nothing or to --rate mails a second. What is being sent at this moment still\n" +
			"goes out. Users can do the rest; their page says that the mail is late.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if perSecond < 0 {
				return fmt.Errorf("ops hold-mail: --rate: want 0 or more per second")
			}
			return c.act(cmd, helpdesk.Hold, func(s shift, act helpdesk.Act) error {
				if err := s.limitMail(cmd, act, onboarding.MailHeld, &taskqueue.RateLimit{RequestsPerSecond: perSecond}); err != nil {
					return fmt.Errorf("ops hold-mail: %w", err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Mail leaves at %g a second from now on. `koppel ops release-mail` ends that.\n", perSecond)
				return nil
			})
		},
	}
	command.Flags().Float32Var(&perSecond, "rate", 0, "how many mails a second may leave")
	return command
}

func releaseMail(c *counter) *cobra.Command {
	return &cobra.Command{
		Use:   "release-mail",
		Short: "Let mail go that `koppel ops hold-mail` keeps back",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.act(cmd, helpdesk.Hold, func(s shift, act helpdesk.Act) error {
				if err := s.limitMail(cmd, act, onboarding.MailReleased, nil); err != nil {
					return fmt.Errorf("ops release-mail: %w", err)
				}
				fmt.Fprintln(cmd.OutOrStdout(), "Mail leaves as fast as it can.")
				return nil
			})
		},
	}
}

// limitMail sets the rate of the queue of mails, or removes it, and tells the audit before.
func (s shift) limitMail(cmd *cobra.Command, act helpdesk.Act, name onboarding.Event, limit *taskqueue.RateLimit) error {
	err := s.db.Transact(cmd.Context(), func(tx *store.Tx) error {
		return tx.Audit(cmd.Context(), store.Event{At: s.now(), Name: name, Detail: act.Detail(map[string]any{"rate": limit.GetRequestsPerSecond()})})
	})
	if err != nil {
		return err
	}
	return s.temporal(cmd.Context(), func(ctx context.Context, engine temporalClient) error {
		_, err := engine.WorkflowService().UpdateTaskQueueConfig(ctx, &workflowservice.UpdateTaskQueueConfigRequest{
			Namespace: engine.namespace, Identity: act.Agent, TaskQueue: activities.MailQueue, TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
			UpdateQueueRateLimit: &workflowservice.UpdateTaskQueueConfigRequest_RateLimitUpdate{RateLimit: limit, Reason: string(act.Ticket)}})
		return err
	})
}
