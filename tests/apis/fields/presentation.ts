import { json } from '../../support/http.ts'
import type { Field, Fields } from './field.ts'

/** Two values of a member of the presentation, as the catalogue shows them. */
function shown(member: string, a: unknown, b: unknown): Field {
  return {
    a: () => ({ presentation: { [member]: a } }),
    b: () => ({ presentation: { [member]: b } }),
    see: async ({ catalogued }) => json(await catalogued())[member],
  }
}

/** What the catalogue tells of an API. */
export const PRESENTATION_FIELDS: Fields = {
  'presentation.title': shown('title', 'Tides', 'Tides and currents'),
  'presentation.summary': shown('summary', 'When the water comes', 'When it goes'),
  'presentation.description': shown('description', 'Of **one** harbour', 'Of all harbours'),
  'presentation.categories[]': shown('categories', ['sea'], ['sea', 'weather']),
  'presentation.tags[]': shown('tags', ['tides'], ['currents']),
  'presentation.contact': shown('contact', 'tides@example.com', 'https://example.com/help'),
  'presentation.logo': shown('logo', 'https://cdn.example/tides.png', 'https://cdn.example/currents.png'),
}
