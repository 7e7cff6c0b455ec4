package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"koppel/onboarding"
)

// paceNetworks bounds the memory of a pace, to about 10 MB: see pace.turn.
const paceNetworks = 20_000

// pace counts what each network did lately. It forgets at a restart, and each process of web has its own: what must
// be exact over all of them is counted in Postgres by the activities.
type pace struct {
	onboarding.Pace
	mu         sync.Mutex
	young, old map[netip.Prefix]*rate.Limiter
	turned     time.Time // when young began
}

func newPace(limit onboarding.Pace) *pace { return &pace{Pace: limit} }

// take counts one event of an address at now and returns zero; or it counts nothing and returns how long to wait.
func (p *pace) take(address string, now time.Time) (wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	limiters := p.limiters(address, now)
	for _, limiter := range limiters {
		if lacking := 1 - limiter.TokensAt(now); lacking > 0 {
			wait = max(wait, time.Duration(lacking*float64(p.Per)/float64(p.Events)))
		}
	}
	if wait == 0 {
		count(limiters, now, 1)
	}
	return wait
}

// giveBack uncounts an event that take has counted.
func (p *pace) giveBack(address string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	count(p.limiters(address, now), now, -1)
}

func count(limiters []*rate.Limiter, now time.Time, events int) {
	for _, limiter := range limiters {
		limiter.AllowN(now, events)
	}
}

// limiters are those of the networks that an address is in.
func (p *pace) limiters(address string, now time.Time) (found []*rate.Limiter) {
	p.turn(now)
	for i, network := range networks(address) {
		limiter := p.young[network]
		if limiter == nil {
			limiter = p.old[network]
		}
		if limiter == nil {
			share := 1 + 3*i // the second network is the wider one
			limiter = rate.NewLimiter(rate.Limit(float64(share*p.Events)/p.Per.Seconds()), share*p.Burst)
		}
		p.young[network] = limiter
		found = append(found, limiter)
	}
	return found
}

// turn makes young old and forgets what was old, once young has lasted so long that a network of which nothing was
// heard since may do everything again, or is full. A flood from very many networks makes it forget others early.
func (p *pace) turn(now time.Time) {
	rested := time.Duration(float64(p.Per) * float64(p.Burst) / float64(p.Events))
	if p.young != nil && now.Sub(p.turned) < rested && len(p.young) < paceNetworks {
		return
	}
	p.old, p.young, p.turned = p.young, map[netip.Prefix]*rate.Limiter{}, now
}

// networks are the ones that an address counts for. Whatever is no address is one network together.
func networks(address string) []netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return []netip.Prefix{{}}
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return []netip.Prefix{netip.PrefixFrom(ip, 32)}
	}
	return []netip.Prefix{netip.PrefixFrom(ip, 64).Masked(), netip.PrefixFrom(ip, 48).Masked()}
}
