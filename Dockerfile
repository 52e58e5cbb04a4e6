# The package is built from the sources in a stage of its own; the image holds the bundle and its dependencies.
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm pack --pack-destination /tmp

FROM node:24-bookworm-slim
COPY --from=build /tmp/faregate-*.tgz /tmp/
# The image brings Node 24 itself, so the Node that the package carries for other machines is left out.
RUN npm install --global --omit=optional --ignore-scripts --no-audit --no-fund /tmp/faregate-*.tgz \
 && npm cache clean --force \
 && rm /tmp/faregate-*.tgz \
 && install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production FAREGATE_DATA=/data FAREGATE_HOST=0.0.0.0 FAREGATE_PORT=4020
USER node
WORKDIR /data
VOLUME /data
EXPOSE 4020
# Asks this container alone, so a certificate that names another host is no reason to call it ill.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "fetch(JSON.parse(require('fs').readFileSync('/data/instance.json')).url + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
STOPSIGNAL SIGTERM
CMD ["faregate", "start"]
