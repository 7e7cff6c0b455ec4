package web

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Proxies are the networks whose word on where a request came from (X-Forwarded-For) is taken.
type Proxies []string

// UnmarshalText reads networks as 10.0.0.0/8,fd00::/8. None is the whole internet: then anybody could claim to be
// anybody, and the limits per address would be gone.
func (p *Proxies) UnmarshalText(text []byte) error {
	*p = nil
	for part := range strings.SplitSeq(string(text), ",") {
		network, err := netip.ParsePrefix(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf("is not a list of networks: %w", err)
		}
		if network.Bits() == 0 {
			return errors.New("has the whole internet, which cannot be trusted")
		}
		*p = append(*p, network.String())
	}
	return nil
}
