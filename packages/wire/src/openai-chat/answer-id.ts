/** The id of an answer: the upstream's where it has the form of this dialect, else one that names the request (E8). */
export function answerId(prefix: string, upstream: string | undefined, requestId: string): string {
  return upstream?.startsWith(prefix) === true ? upstream : `${prefix}${requestId.replace(/^req_/, '')}`
}
