package devstack

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are the ports to listen on. 0 and a port that is taken mean any free one.
type Ports struct {
	Web, Broker, Mailbox, SMTP, Temporal, TemporalUI, TemporalDesk int
}

// listen takes 127.0.0.1:preferred, else a free port.
func listen(preferred int) (net.Listener, error) {
	if preferred != 0 {
		if listener, err := listenOn(preferred); err == nil {
			return listener, nil
		}
	}
	// Below the range from which the system takes the near ends of connections: a program that is killed and started
	// again must find its port free.
	const lowest, count = 10000, 20000
	for range 100 {
		if listener, err := listenOn(lowest + rand.IntN(count)); err == nil {
			return listener, nil
		}
	}
	return nil, fmt.Errorf("no free port from %d to %d on 127.0.0.1", lowest, lowest+count-1)
}

func listenOn(port int) (net.Listener, error) {
	return net.Listen("tcp", address(port))
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func portOf(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }

// reserve finds a free port for each preferred one, for servers that open their port themselves. All are held open
// until the last is found, so that they differ.
func reserve(preferred ...int) ([]int, error) {
	ports := make([]int, 0, len(preferred))
	for _, p := range preferred {
		listener, err := listen(p)
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, portOf(listener))
	}
	return ports, nil
}
