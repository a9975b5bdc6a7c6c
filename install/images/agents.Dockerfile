# The agents in one image, one bundled file each: controller, scheduler, and runtimed with the git that it clones with.
#   docker build -f install/images/agents.Dockerfile -t krt-agents:0.1.0 .
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
LABEL org.opencontainers.image.title="krt agents" \
      org.opencontainers.image.description="Controller, scheduler and runtimed of krt" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git libatomic1 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/* \
 && groupadd --gid 65532 krt \
 && useradd --uid 65532 --gid krt --no-create-home --home-dir /tmp --shell /usr/sbin/nologin krt
COPY --from=build /src/dist/node /usr/local/bin/node
COPY --from=build /src/dist/agents/package.json /src/dist/agents/executor.proto \
                  /src/dist/agents/controller.js /src/dist/agents/controller.js.LEGAL.txt \
                  /src/dist/agents/scheduler.js /src/dist/agents/scheduler.js.LEGAL.txt \
                  /src/dist/agents/runtimed.js /src/dist/agents/runtimed.js.LEGAL.txt \
                  /app/
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["node"]
