import { createDocumentFetcher, type FetchedDocument, type Question } from './fetch-document.ts'

/** Asks those who vouch for callers of published APIs. */
export interface IssuerClient {
  /** The keys of an issuer, as JSON. */
  keys(url: string): Promise<FetchedDocument>
  /** What is said of a token, as JSON. */
  introspect(url: string, question: Question): Promise<FetchedDocument>
  close(): Promise<void>
}

const MOST_BYTES = 256 * 1024
const WITHIN_MS = 5_000

/** A client behind the guard against server-side request forgery. `reachable`: which addresses may be connected to. */
export function createIssuerClient(reachable: (address: string) => boolean): IssuerClient {
  const documents = createDocumentFetcher({ bytes: MOST_BYTES, milliseconds: WITHIN_MS, reachable })
  return {
    keys: (url) => documents.fetch(url),
    introspect: (url, question) => documents.fetch(url, question),
    close: () => documents.close(),
  }
}
