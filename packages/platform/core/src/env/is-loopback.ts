/** Whether a host, as `URL` writes it, is this machine: what is said to it crosses no wire. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(hostname);
}
