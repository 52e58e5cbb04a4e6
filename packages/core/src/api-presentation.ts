/** What is said of an API to those who look for one. It belongs to a release, as its routes do. */
export interface ApiPresentation {
  title?: string | undefined
  /** One sentence. */
  summary?: string | undefined
  /** Markdown. */
  description?: string | undefined
  categories?: string[] | undefined
  tags?: string[] | undefined
  /** Where help is: an address of mail, or a page. */
  contact?: string | undefined
  /** An https URL, or the picture itself as a `data:` URL. */
  logo?: string | undefined
}

/** How long each part of a presentation may be, in characters; of lists, how many there may be, and how long each. */
export const PRESENTATION_SIZES = {
  title: 100,
  summary: 300,
  description: 20_000,
  contact: 300,
  /** A picture of 32 KiB in base64, with its type before it. */
  logo: 43_800,
  categories: 5,
  tags: 20,
  word: 40,
} as const

/** Who sees an API in the catalogue: everybody; whoever has a key or a token; the organizations that are invited, or have a plan with it. */
export const API_VISIBILITIES = ['public', 'organization', 'invitation'] as const

export type ApiVisibility = (typeof API_VISIBILITIES)[number]

/** Where nothing is said: what was never meant for the public does not become public by itself. */
export const DEFAULT_VISIBILITY: ApiVisibility = 'organization'

/** Who may see an API, and who answers for it. Of no release: going back to an earlier one shows it to nobody else. */
export interface ApiListing {
  visibility?: ApiVisibility | undefined
  /** A team or a person, in words. */
  owner?: string | undefined
  /** Ids of organizations. */
  invited?: string[] | undefined
}
