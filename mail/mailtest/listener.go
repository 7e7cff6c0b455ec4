package mailtest

import (
	"fmt"
	"net"
)

// listener shows the faults of steps that SMTP libraries know nothing of: around the greeting.
type listener struct {
	net.Listener
	server *Server
}

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: conn, server: l.server}, nil
}

type slowConn struct {
	net.Conn
	server  *Server
	greeted bool
	spoken  bool // a reply has followed the greeting
}

// Write is called by one goroutine, which serves the connection.
func (c *slowConn) Write(p []byte) (int, error) {
	switch {
	case !c.greeted:
		c.greeted = true
		if err := c.greet(); err != nil {
			return 0, err
		}
	case !c.spoken:
		c.spoken = true
		c.server.pause(c.server.faultAt(Greeted).Delay)
	}
	pace := c.server.currentPace()
	if pace == 0 {
		return c.Conn.Write(p)
	}
	for i := range p {
		c.server.pause(pace)
		if _, err := c.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// greet returns an error when the fault leaves no greeting to be sent.
func (c *slowConn) greet() error {
	fault := c.server.faultAt(Connecting)
	c.server.pause(fault.Delay)
	if fault.Reply != 0 {
		_, _ = fmt.Fprintf(c.Conn, "%d not now\r\n", fault.Reply)
	}
	if fault.Drop || fault.Reply != 0 {
		_ = c.Conn.Close()
		return net.ErrClosed
	}
	return nil
}
