# The built-in Runtime `python`: its Runtime Server, Debian's python3, and an init that reaps what programs leave behind.
#   docker build -f install/images/python-runtime.Dockerfile -t kruntimes-python-runtime:latest .
# Build on it for programs that need more: FROM kruntimes-python-runtime, USER 0, apt-get install python3-…, USER 65532:65532.
# BASE may be any Debian 12. Behind a proxy that signs for others, add --secret id=ca,src=YOUR-CA-BUNDLE.
ARG BASE=docker.io/library/debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716

FROM ${BASE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends binutils ca-certificates libatomic1 npm
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# the package `node` brings the Node that builds, and the one that ships
RUN --mount=type=secret,id=ca,target=/run/ca.crt NODE_EXTRA_CA_CERTS=/run/ca.crt npm ci
COPY crds crds
COPY agents agents
COPY plugin plugin
COPY install/build.ts install/build.ts
RUN npm run build \
 && echo '{"type":"module"}' >dist/agents/package.json \
 && strip -o dist/node node_modules/node/bin/node

FROM ${BASE}
LABEL org.opencontainers.image.title="krt python runtime" \
      org.opencontainers.image.description="The Runtime Server of krt that executes Python programs" \
      org.opencontainers.image.licenses="Apache-2.0"
# Programs of Runs find nothing here that runs as another user. What executes but can't be read, the kernel keeps closed
# while it runs, to its own user too: no program sees the server's memory and environment, nor those of its init.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libatomic1 python3 tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/* \
 && groupadd --gid 65532 krt \
 && useradd --uid 65532 --gid krt --no-create-home --home-dir /tmp --shell /bin/bash krt \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && chmod 0711 /usr/bin/tini
COPY --from=build --chmod=0711 /src/dist/node /usr/local/bin/node
COPY --from=build /src/dist/agents/package.json /src/dist/agents/executor.proto \
                  /src/dist/agents/python-runtime.js /src/dist/agents/python-runtime.js.LEGAL.txt \
                  /src/dist/agents/start-python.py /app/
ENV NODE_ENV=production
USER 65532:65532
EXPOSE 19091
ENTRYPOINT ["tini", "--", "node", "--max-semi-space-size=1", "--no-opt", "/app/python-runtime.js"]
