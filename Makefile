# demo and test are all a newcomer needs.

.PHONY: demo demo-reset test check test-koppel test-tables test-devstack lint build bench
.DEFAULT_GOAL := build

launch = cd devstack && go build -buildvcs=false -o ../bin/launch ./cmd/launch && cd .. && exec bin/launch

demo: ## koppel and its whole world on this machine, until Ctrl-C
	@echo "Checking what the demo needs"
	@$(launch) demo

demo-reset: ## forget the data of the demo
	@$(launch) reset

build: ## the program
	go build -buildvcs=false -o bin/koppel ./cmd/koppel

# What CI runs. One half after the other: each keeps two cores busy, and journeys wait in vain on a machine that is full.
test check: lint test-koppel test-devstack

# Long enumerations, which the race detector would only make longer (CONTRIBUTING.md).
tables = TestNobodyReachesWhatIsNotTheirs TestPagesOfAGuesserAreEqualWhateverTheAccount \
	TestPagesOfAGuesserAreEqualWhateverTheActivationCode TestAttackedAnswersLeaveNothingBehind \
	TestEveryPairOfStepsEndsOnTheCurrentOne TestEveryPairOfStepsOfAChangeEndsOnTheCurrentOne \
	TestAddressThatIsConfirmedIsAlwaysTheOneThatWasProven TestThousandStartsSendTenMailsToOneAddress \
	TestMutations TestAttacks TestNothingMayBeMissing TestCiphers \
	TestEachRowOfTheBenchmarkRuns TestEveryVerbAtEveryState TestTenThousandLinesTakeSeconds \
	TestTwentyFlowsOfFiveTriesAreFifteenTries TestTenWrongTriesOverAccountsLockTheIdentityForADay \
	TestAttackOfTwentyColleaguesDelaysTheOwnerByAnHourAtMost TestChangedAddressIsAlwaysTheOneThatWasProven

space := $(subst ,, )
pattern = $(subst $(space),|,$(strip $(1)))

# TestGallery is run by the tests of devstack/pages.
test-koppel: test-tables
	go test -race -skip '^($(call pattern,$(tables) TestGallery))$$' ./...

test-tables:
	go test -run '^($(call pattern,$(tables)))$$' ./activities ./cmd/koppel ./eherkenning ./web

# Never from the cache: it does not see what these tests read of the other module.
test-devstack:
	cd devstack && go test -count=1 -p 2 -timeout 20m ./...

bench: ## what a guesser can time: some minutes; docs/benchmarks.md
	go test -run '^$$' -bench . -benchtime 1x -timeout 1h ./web

# The linters are pinned in tools/go.mod.
lint:
	@$(launch) needs
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "the files above want gofmt"; exit 1; }
	go vet ./...
	cd devstack && go vet ./...
	go tool -modfile=tools/go.mod staticcheck ./...
	cd devstack && go tool -modfile=../tools/go.mod staticcheck ./...
	go tool -modfile=tools/go.mod workflowcheck ./workflows/...
