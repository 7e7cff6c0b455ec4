package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"koppel/health"
	"koppel/onboarding"
)

// Paths that handlers send people to.
const (
	loginPath     = "/"
	startPath     = "/eherkenning/start"
	acsPath       = "/eherkenning/acs"
	backPath      = "/eherkenning/terug"
	linkPath      = "/koppelen"
	codePath      = linkPath + "?" + modeField + "=" + codeMode
	waitPath      = "/koppelen/wachten"
	pinPath       = "/koppelen/pincode"
	addressPath   = "/koppelen/e-mail"
	homePath      = "/start"
	addPath       = "/account-toevoegen"
	checkPath     = "/account-toevoegen/controleren"
	resultPath    = "/account-toevoegen/resultaat"
	proofPath     = "/account-toevoegen/bewijs"
	profilePath   = "/koppeling"
	newEmailPath  = "/koppeling/e-mail"
	newPINPath    = "/koppeling/e-mail/pincode"
	loggedOutPath = "/uitgelogd"

	forgottenPath       = "/wachtwoord-vergeten"
	askedPath           = "/wachtwoord-vergeten/verstuurd"
	newPasswordPath     = string(onboarding.ResetLink)
	passwordChangedPath = "/wachtwoord/gewijzigd"

	expiredPath = "/sessie-verlopen"
	stayPath    = "/sessie"
)

// routes is the whole website, in the order in which people meet it.
func (s *site) routes(public *url.URL) (http.Handler, error) {
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(s.TrustedProxies); err != nil {
		return nil, fmt.Errorf("web: trusted proxies: %w", err)
	}
	checkOrigin, err := s.newOriginCheck(public)
	if err != nil {
		return nil, err
	}
	engine.Use(s.headers, s.measure, s.logRequest, s.recovery, s.limits, s.language, checkOrigin)
	engine.NoRoute(s.recognise, s.handle(noPage))
	engine.NoMethod(s.recognise, s.handle(noMethod))

	engine.GET(health.LivePath, gin.WrapH(s.Health))
	engine.GET(health.ReadyPath, gin.WrapH(s.Health))
	engine.GET("/static/:name", serveAsset)
	if s.BounceSecret != "" {
		engine.POST(bouncePath, s.receiveBounce)
	}

	pages := engine.Group("/", s.recognise)
	// S1, S2: to the broker and back
	pages.GET(loginPath, s.handle(s.showLogin))
	pages.POST(startPath, s.handle(s.paced(s.paces.starts, s.startLogin)))
	pages.GET(acsPath, s.handle(s.paced(s.paces.returns, s.receiveArtifact)))
	pages.POST(acsPath, s.handle(s.paced(s.paces.posts, s.keepArtifact)))
	pages.GET(backPath, s.handle(s.paced(s.paces.returns, s.fetchArtifact)))
	// S3, S4: the old account, or an activation code
	pages.GET(linkPath, s.inSession(s.showLink))
	pages.POST(linkPath, s.submits(s.submitProof))
	pages.POST("/koppelen/stoppen", s.inSession(s.stopLinking))
	// the representative is asked: who waits, and who answers
	pages.GET(waitPath, s.inSession(s.showWaiting))
	pages.POST("/koppelen/andere-gegevens", s.inSession(s.submitOther))
	pages.GET(string(approvalLink.path), s.handle(s.showApproval))
	pages.POST(string(approvalLink.path), s.handle(s.paced(s.paces.pins, s.submitApproval)))
	// S5, S6: the address
	pages.GET(pinPath, s.inSession(s.showPIN(&linkTrail)))
	pages.POST(pinPath, s.submits(s.submitPIN(&linkTrail)))
	pages.POST("/koppelen/pincode/opnieuw", s.submits(s.submitResend(&linkTrail)))
	pages.GET(addressPath, s.inSession(s.showAddress))
	pages.POST(addressPath, s.submits(s.submitAddress))
	// S7, S8: a new password is asked for; S9, S10: a representative chooses it, without a session
	pages.GET(forgottenPath, s.inSession(s.showForgotten))
	pages.POST(forgottenPath, s.submits(s.submitForgotten))
	pages.GET(askedPath, s.inSession(s.showAsked))
	pages.GET(newPasswordPath, s.handle(s.showNewPassword))
	pages.POST(newPasswordPath, s.handle(s.submitNewPassword))
	pages.GET(passwordChangedPath, s.handle(s.showPasswordChanged))
	// S11, S12: in
	pages.GET(homePath, s.inSession(s.showHome))
	pages.POST("/start/kiezen", s.linked(s.choose))
	pages.POST("/uitloggen", s.inSession(s.logOut))
	// S15: the link
	pages.GET(profilePath, s.linked(s.showProfile))
	pages.POST("/koppeling/uitloggen", s.linked(s.endSession))
	pages.POST("/koppeling/uitloggen-elders", s.linked(s.endOtherSessions))
	// S13, S14: more institutions
	pages.GET(addPath, s.linked(s.showAdding))
	pages.POST(addPath, s.linked(s.chooseAdditions))
	pages.POST("/account-toevoegen/code", s.linked(s.enterCode))
	pages.GET(checkPath, s.linked(s.showAddCheck))
	pages.POST(checkPath, s.linked(s.addChosen))
	pages.GET(resultPath, s.linked(s.showAddResult))
	pages.GET(proofPath, s.linked(s.showAddProof))
	pages.POST(joinPath, s.linked(s.startJoining))
	pages.POST(proofPath, s.submits(s.submitAddProof))
	pages.POST(askPath, s.submits(s.submitAsking))
	pages.POST(withdrawPath, s.linked(s.withdrawAsking))
	pages.GET(notMinePath, s.linked(s.showNotMine))
	pages.POST(notMinePath, s.linked(s.reportNotMine))
	pages.GET(newEmailPath, s.linked(s.showNewEmail))
	pages.POST(newEmailPath, s.submits(s.submitNewEmail))
	pages.GET(newPINPath, s.linked(s.showPIN(&changeTrail)))
	pages.POST(newPINPath, s.submits(s.submitPIN(&changeTrail)))
	pages.POST(changeTrail.again, s.submits(s.submitResend(&changeTrail)))
	pages.POST(changeTrail.stop, s.linked(s.stopChange))
	// S16: still here, or out
	pages.GET(stayPath, s.inSession(stay))
	pages.GET(loggedOutPath, s.handle(s.showLoggedOut))
	pages.GET(expiredPath, s.handle(s.showExpired))
	// S18: to read
	for _, name := range textPages {
		pages.GET("/"+name, s.showText(name))
	}
	return engine, nil
}

func noPage(*gin.Context) error {
	return &onboarding.Error{Kind: onboarding.NotFound, Message: "p.404"}
}

func noMethod(*gin.Context) error {
	return &statusPage{status: http.StatusMethodNotAllowed, view: statusView{Key: "p.404", Action: loginPath}}
}
