# ironkeep-operator: one static program, nothing else. From the repository's root:
#   docker build -f deploy/images/operator.Dockerfile -t ironkeep/ironkeep-operator:0.1.0 .
FROM rust:1.95.0-alpine AS build
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p ironkeep-operator \
    && cp target/release/ironkeep-operator /usr/local/bin/ \
    && strip /usr/local/bin/ironkeep-operator

FROM scratch
COPY --from=build /usr/local/bin/ironkeep-operator /usr/local/bin/ironkeep-operator
ENV PATH=/usr/local/bin
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["ironkeep-operator"]
CMD ["run"]
