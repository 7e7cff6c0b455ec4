package store

import (
	"net"
	"time"
)

// wire is the network connection of a session: it waits for the server no longer than silence. A context alone would
// not end the wait, because lib/pq asks the server to end it. (Connections that the server has closed need no care:
// lib/pq finds out before anything is done, and database/sql takes another one.)
type wire struct {
	net.Conn
	silence  time.Duration // 0: without end
	deadline time.Time     // of lib/pq, while it connects
}

// SetDeadline implements net.Conn.
func (w *wire) SetDeadline(t time.Time) error {
	w.deadline = t
	return w.Conn.SetDeadline(t)
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	if w.silence > 0 && w.deadline.IsZero() {
		if err := w.Conn.SetReadDeadline(time.Now().Add(w.silence)); err != nil {
			return 0, err
		}
	}
	return w.Conn.Read(p)
}
