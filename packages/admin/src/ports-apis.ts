import type { ApiAlert, ApiListing, Retirement } from '@faregate/core'
import type { ApiDraftRow, ApiReleaseRow, ApiRequestDecision, ApiRequestRow, ApiRow, CanaryRow } from './configuration-rows.ts'
import type { ApiUsageQueries } from './ports-api-usage.ts'

/** When webhooks are told of how APIs are called; of one that has none there is an empty list. */
export interface ApiAlertQueries {
  get(api: string): Promise<ApiAlert[]>
  /** Of all that have some. */
  list(): Promise<{ api: string; alerts: ApiAlert[] }[]>
}

/** Whose the names of APIs are; those that nobody has are the operator's. */
export interface ApiOwnerQueries {
  get(api: string): Promise<string | undefined>
  /** All names of an organization. */
  of(organization: string): Promise<string[]>
}

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
    /** Numbers of those that are or were in force for all callers, newest first, at most so many. */
    everInForce(api: string, limit: number): Promise<number[]>
  }
  /** The release of each API that is in staging. */
  apiStaging: {
    get(api: string): Promise<number | undefined>
    /** As they serve there. */
    list(): Promise<ApiRow[]>
  }
  apiRequests: {
    /** Whether a second person has to agree to what callers of the API have. */
    required(api: string): Promise<boolean>
    get(id: string): Promise<ApiRequestRow | undefined>
    /** The newest 100, newest first. */
    list(api: string): Promise<ApiRequestRow[]>
  }
  apiDocuments: { get(hash: string): Promise<string | undefined> }
  /** Of an API that was taken off, too. */
  apiListings: { get(api: string): Promise<ApiListing | undefined> }
  apiUsage: ApiUsageQueries
  apiAlerts: ApiAlertQueries
  apiOwners: ApiOwnerQueries
}

/** What of them can be changed. */
export interface ApiChanges {
  /**
   * Puts a release in force, and ends what was tried beside the one before. How the API goes, and how it is listed, stays as it is.
   */
  putApi(row: ApiRow): Promise<void>
  /** Tries a release beside the one in force; undefined: none. */
  putApiCanary(name: string, canary: CanaryRow | undefined): Promise<void>
  /** Takes it out of force; its releases stay, and how it is listed. */
  deleteApi(name: string): Promise<void>
  /** Gives a name to an organization for good, unless it has an owner; whether it had none. */
  claimApi(name: string, organization: string): Promise<boolean>
  /** Puts a release in staging, in place of the one before; undefined: none. */
  putApiStaging(api: string, release: number | undefined): Promise<void>
  /** Whether a second person has to agree, from now on. */
  putApiApproval(api: string, required: boolean): Promise<void>
  insertApiRequest(row: ApiRequestRow): Promise<void>
  /** Decides about a request, unless somebody did; whether nobody had. */
  decideApiRequest(id: string, decision: ApiRequestDecision): Promise<boolean>
  /** Says how an API goes; undefined: it stays. */
  putApiRetirement(name: string, retirement: Retirement | undefined): Promise<void>
  /** Says who may see an API, and who answers for it. */
  putApiListing(name: string, listing: ApiListing): Promise<void>
  /** All alerts of an API, in the place of those before. */
  putApiAlerts(api: string, alerts: readonly ApiAlert[]): Promise<void>
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
