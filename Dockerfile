# The production bundle and Node, nothing else. Runs as any user on a read-only root; see docs/deploy-render.md.
FROM node:24-bookworm-slim AS build
WORKDIR /src
ENV CI=true
COPY . .
RUN npx -y pnpm@12.21.0 install --frozen-lockfile --prod=false \
 && npx -y pnpm@12.21.0 --filter @turnpike/api build

FROM node:24-bookworm-slim
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY --from=build /src/apps/api/dist ./dist
USER node
EXPOSE 8000
# A worker serves no HTTP but on OPS_PORT: without that, that it runs is all there is to see.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "const { ROLE, PORT, OPS_PORT } = process.env; const port = ROLE === 'worker' ? OPS_PORT : PORT; !port || fetch(`http://127.0.0.1:${port}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Before a new version starts: node dist/main.js migrate
CMD ["node", "dist/main.js"]
