import { KIND_NAMES, type Kind, type KindName } from '../kind.ts'
import { apis } from './apis.ts'
import { models, prices, providers } from './models.ts'
import { organizations, roles, teams } from './organizations.ts'
import { plans, settings, webhooks } from './others.ts'

const BY_NAME: Record<KindName, Kind> = { settings, organizations, roles, teams, providers, prices, models, plans, apis, webhooks }

/** Every kind, each after those that it refers to. */
export const KINDS: readonly Kind[] = KIND_NAMES.map((name) => BY_NAME[name])
