/** Settings of the server that the supervisor needs as they are. */
const RESERVED = [
  "config_file",
  "data_directory",
  "hba_file",
  "listen_addresses",
  "log_destination",
  "logging_collector",
  "port",
  "unix_socket_directories",
];

const DEFAULTS: Record<string, string> = {
  // No socket file: its path may be at most 107 bytes long, and project folders lie deeper.
  unix_socket_directories: "",
  listen_addresses: "127.0.0.1",
  lc_messages: "C",
  max_connections: "200",
  shared_buffers: "64MB",
  min_wal_size: "32MB",
  max_wal_size: "256MB",
  timezone: "UTC",
  log_timezone: "UTC",
  // The library for it is not part of the binaries.
  jit: "off",
};

/** Arguments of the `postgres` program, of the shape `-D dir -p port -c name=value …`. */
export function serverArguments(dataDir: string, port: number, settings: Record<string, string>): string[] {
  const all = Object.entries({ ...DEFAULTS, ...settings });
  return ["-D", dataDir, "-p", String(port), ...all.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

/** Whether a server that was started with this command line has the settings asked for. */
export function hasSettings(options: string, dataDir: string, port: number, settings: Record<string, string>): boolean {
  return serverArguments(dataDir, port, settings).every((argument) => options.includes(`"${argument}"`));
}

/** Refuses a setting's name that is none, or that the supervisor needs for itself. */
export function checkSettings(settings: Record<string, string>): void {
  for (const name of Object.keys(settings)) {
    if (!/^[a-z_][a-z0-9_.]*$/.test(name)) throw new Error(`"${name}" is no name of a PostgreSQL setting.`);
    if (RESERVED.includes(name)) throw new Error(`The PostgreSQL setting ${name} is the supervisor's own.`);
  }
}
