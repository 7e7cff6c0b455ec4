package mailtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// Step is a moment of an SMTP conversation.
type Step string

const (
	Connecting Step = "connecting" // before the greeting
	Greeted    Step = "EHLO"       // instead of the first reply after the greeting; Delay only
	Sender     Step = "MAIL"
	Recipient  Step = "RCPT"
	Content    Step = "DATA" // after the final dot
)

// Fault is what the server does wrong at a step, in this order: wait, hang up or refuse. A refusal repeats the
// recipient and the beginning of the mail, as real servers do.
type Fault struct {
	At    Step
	Delay time.Duration
	Drop  bool // hang up; at Content the mail has been kept, so that sending it again makes two
	Reply int  // 4xx or 5xx
	Times int  // how often it shows; 0: until the next SetFault
}

// SetFault replaces the fault that the server shows. The zero Fault heals it.
func (s *Server) SetFault(fault Fault) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.fault = fault
}

// SetPace makes the server send its replies byte by byte with a pause before each; 0 makes it fast again.
func (s *Server) SetPace(pause time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.pace = pause
}

// faultAt takes the fault of this step, if one is set, and counts it.
func (s *Server) faultAt(step Step) Fault {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.fault.At != step {
		return Fault{}
	}
	fault := s.fault
	if fault.Times > 0 {
		s.fault.Times--
		if s.fault.Times == 0 {
			s.fault = Fault{}
		}
	}
	return fault
}

// pause waits, or returns early when the server stops.
func (s *Server) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.stopped:
	}
}

// refusal is the SMTP reply of the fault; nil when it has none. It repeats echo.
func (f Fault) refusal(echo ...string) error {
	if f.Reply == 0 {
		return nil
	}
	return &smtp.SMTPError{
		Code:         f.Reply,
		EnhancedCode: smtp.NoEnhancedCode,
		Message:      fmt.Sprintf("not taken: %s", strings.Join(strings.Fields(strings.Join(echo, " ")), " ")),
	}
}
