# demo and test are all a newcomer needs.

.PHONY: demo demo-reset test check lint build bench
.DEFAULT_GOAL := build

launch = cd devstack && go build -buildvcs=false -o ../bin/launch ./cmd/launch && cd .. && exec bin/launch

demo: ## koppel and its whole world on this machine, until Ctrl-C
	@echo "Checking what the demo needs"
	@$(launch) demo

demo-reset: ## forget the data of the demo
	@$(launch) reset

build: ## the program
	go build -buildvcs=false -o bin/koppel ./cmd/koppel

# What CI runs.
test check: lint
	go test -race ./...
	cd devstack && go test -p 2 -timeout 20m ./...

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
