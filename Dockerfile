# The package is built from the sources in a stage of its own; the image holds the bundle and its dependencies.
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm pack --pack-destination /tmp

FROM node:24-bookworm-slim
COPY --from=build /tmp/faregate-*.tgz /tmp/
# The image brings Node 24 itself, so the Node that the package carries for other machines is taken out again.
RUN npm install --global --ignore-scripts --no-audit --no-fund /tmp/faregate-*.tgz \
 && rm -rf "$(npm root --global)"/faregate/node_modules/node-linux-* \
 && npm cache clean --force \
 && rm /tmp/faregate-*.tgz \
 && install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production FAREGATE_DATA=/data FAREGATE_HOST=0.0.0.0 FAREGATE_PORT=4020
USER node
WORKDIR /data
VOLUME /data
EXPOSE 4020
# The command line finds the gateway by what it noted in /data, its certificate included: no verification is switched off.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 CMD faregate settings --json > /dev/null
STOPSIGNAL SIGTERM
CMD ["faregate", "start"]
