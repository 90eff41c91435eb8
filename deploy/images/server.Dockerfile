# ironkeep-server: one static program, nothing else. From the repository's root:
#   docker build -f deploy/images/server.Dockerfile -t ironkeep/ironkeep-server:0.1.0 .
FROM rust:1.95.0-alpine AS build
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p ironkeep-server \
    && cp target/release/ironkeep-server /usr/local/bin/ \
    && strip /usr/local/bin/ironkeep-server \
    && mkdir /data

# No shell: nothing in a pod needs one.
FROM scratch
COPY --from=build /usr/local/bin/ironkeep-server /usr/local/bin/ironkeep-server
COPY --from=build --chown=999:999 /data /data
ENV PATH=/usr/local/bin
USER 999:999
WORKDIR /data
VOLUME /data
EXPOSE 6379
CMD ["ironkeep-server", "--dir", "/data"]
