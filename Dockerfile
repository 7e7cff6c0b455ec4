# Two images from one file: `--target koppel` (the default) is the program, `--target broker` the eHerkenning test
# broker. Both hold one static binary and run as an ordinary user.

FROM golang:1.26.8-bookworm AS source
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
RUN mkdir /empty

FROM source AS build-koppel
RUN go build -buildvcs=false -trimpath -ldflags='-s -w' -o /koppel ./cmd/koppel

FROM source AS build-broker
RUN cd devstack && go build -buildvcs=false -trimpath -ldflags='-s -w' -o /broker ./cmd/broker

# Certificate authorities, for TLS to databases and brokers. Time zones are in the binary.
FROM scratch AS base
COPY --from=source /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 65532:65532

FROM base AS broker
COPY --from=build-broker /broker /broker
# Volumes take over the owner of the folder they are mounted on.
COPY --from=source --chown=65532:65532 /empty /secrets
COPY --from=source --chown=65532:65532 /empty /keys
ENTRYPOINT ["/broker"]
CMD ["serve"]

FROM base AS koppel
COPY --from=build-koppel /koppel /koppel
EXPOSE 8080
ENTRYPOINT ["/koppel"]
CMD ["web"]
