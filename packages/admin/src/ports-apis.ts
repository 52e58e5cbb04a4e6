import type { ApiListing, Retirement } from '@faregate/core'
import type { ApiDraftRow, ApiReleaseRow, ApiRow } from './configuration-rows.ts'
import type { ApiUsageQueries } from './ports-api-usage.ts'

/** What is asked of published APIs, their drafts and their documents. */
export interface ApiQueries {
  apis: { get(name: string): Promise<ApiRow | undefined>; list(): Promise<ApiRow[]> }
  apiDrafts: { get(name: string): Promise<ApiDraftRow | undefined>; list(): Promise<ApiDraftRow[]> }
  apiReleases: {
    get(api: string, number: number): Promise<ApiReleaseRow | undefined>
    /** Newest first; all of them, or the newest few. */
    list(api: string, limit?: number): Promise<ApiReleaseRow[]>
    /** The highest number; 0: there is none. */
    last(api: string): Promise<number>
  }
  apiDocuments: { get(hash: string): Promise<string | undefined> }
  apiUsage: ApiUsageQueries
}

/** What of them can be changed. */
export interface ApiChanges {
  /** But for how it goes, and how it is listed: these stay as they are. */
  putApi(row: ApiRow): Promise<void>
  deleteApi(name: string): Promise<void>
  /** Says how an API goes; undefined: it stays. */
  putApiRetirement(name: string, retirement: Retirement | undefined): Promise<void>
  /** Says who may see an API, and who answers for it. */
  putApiListing(name: string, listing: ApiListing): Promise<void>
  /** Begins a draft with revision 1, or changes the one of the revision before; false: somebody else was faster. */
  putApiDraft(row: ApiDraftRow): Promise<boolean>
  /** Takes a draft away that still has this revision; false: it has not. */
  deleteApiDraft(name: string, revision: number): Promise<boolean>
  /** Keeps every other transaction that changes the configuration waiting. */
  lockApis(): Promise<void>
  insertApiRelease(row: ApiReleaseRow): Promise<void>
  /** Keeps a document under its hash. */
  putApiDocument(hash: string, text: string): Promise<void>
}
