import type { ApiPresentation } from '@faregate/core'
import type { ApiFlaw } from './flaw.ts'

/** What of a presentation could not be shown as it is. */
export function presentationFlaws({ contact, logo }: ApiPresentation = {}): ApiFlaw[] {
  const flaws: ApiFlaw[] = []
  if (contact !== undefined && !isMailAddress(contact) && pageOf(contact, /^https?:$/) === undefined)
    flaws.push(at('contact', 'is neither an address of mail nor a page', 'write one like help@example.com or https://example.com/help'))
  if (logo !== undefined && !isPicture(logo) && pageOf(logo, /^https:$/) === undefined)
    flaws.push(at('logo', 'is no picture', 'write an https URL, or send the picture itself: PNG, JPEG, GIF, WebP or SVG of at most 32 KiB'))
  return flaws
}

function at(member: string, problem: string, fix: string): ApiFlaw {
  return { path: ['presentation', member], problem, fix }
}

export function isMailAddress(text: string): boolean {
  return /^[^\s@<>"',;:?&%]+@[a-z0-9.-]+\.[a-z0-9-]+$/i.test(text)
}

const MOST_BYTES = 32 * 1024

function isPicture(text: string): boolean {
  const [, data] = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  return data !== undefined && Math.floor((data.length * 3) / 4) <= MOST_BYTES + 2
}

/** The URL, if it says nothing but where a page is: its host stands in a header of the catalogue. */
function pageOf(text: string, protocols: RegExp): URL | undefined {
  const url = URL.parse(text)
  if (url === null || !protocols.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
  return /^[a-z0-9.-]+$/.test(url.hostname) ? url : undefined
}
