# The server with its page; settings as in .env.example. Behind a proxy that ends TLS.
FROM node:22-slim AS build
WORKDIR /source
COPY . .
# It installs what it needs by the lock file.
RUN node scripts/assemble.mjs /server

FROM node:22-slim
ENV NODE_ENV=production LISTEN_ADDRESS=0.0.0.0 PORT=3000 DATA_DIR=/data WEB_ROOT=/server/web
RUN mkdir /data && chown node:node /data
WORKDIR /server
COPY --from=build /server ./
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
