import type { CatalogueEntry } from './entry.ts'

/** Refusals for what was never served, or is gone for good. */
export const NOT_THERE = {
  model_unknown: {
    status: 404,
    title: 'No such model',
    actor: 'caller',
    retryable: false,
    openaiCode: 'model_not_found',
    meaning: 'No model of that name is served here. `didYouMean` lists the nearest names that this key may call.',
    mend: ['Use a name that `GET /v1/models` lists.', 'The operator can add the model.'],
  },
  api_retired: {
    status: 410,
    title: 'API retired',
    actor: 'caller',
    retryable: false,
    meaning:
      'The API, or the route of it that `scope` names, was published here, and is not served any more. `successor` names what takes its place, where there is something.',
    mend: ['Call what `successor` names: `Link` with `rel="successor-version"` leads there.', 'The publisher can put it back in service.'],
  },
  model_retired: {
    status: 410,
    title: 'Model retired',
    actor: 'caller',
    retryable: false,
    openaiCode: 'model_not_found',
    meaning: 'The model was served here, and is not any more. `successor` names the model that takes its place, where there is one.',
    mend: ['Use the model that `successor` names.', 'The operator can put the model back in service.'],
  },
} as const satisfies Record<string, CatalogueEntry>
