import type { AdminQueries, AdminStore, AdminTransaction } from '@faregate/admin/ports'
import type { Kysely, Transaction } from 'kysely'
import { appendAudit } from '../audit.ts'
import { bumpConfiguration } from '../configuration.ts'
import type { Schema } from '../schema.ts'
import type { Store } from '../store.ts'
import { apiListingQueries, apiQueries, putApi } from './apis.ts'
import { apiReleaseQueries, insertApiRelease, lockApis } from './api-releases.ts'
import { apiAlertQueries } from './api-alerts.ts'
import { changesOfNoRelease } from './api-changes.ts'
import { apiOwnerQueries } from './api-owners.ts'
import { apiRequestQueries } from './api-requests.ts'
import { apiStagingQueries } from './api-staging.ts'
import { apiUsageQueries } from './api-usage.ts'
import { apiDocumentQueries, apiDraftQueries, deleteApiDraft, putApiDocument, putApiDraft } from './api-drafts.ts'
import { auditQueries } from './audit.ts'
import {
  cataloguePriceQueries,
  decidePriceOffer,
  deleteCataloguePrice,
  insertCataloguePrice,
  insertPriceOffer,
  lockCataloguePrices,
  priceOfferQueries,
  updateCataloguePrice,
} from './catalogue-prices.ts'
import { decideLimitRequest, insertLimitRequest, limitRequestQueries, lockLimitRequests } from './limit-requests.ts'
import { modelQueries, priceQueries, providerQueries, putModel, putPrice, putProvider } from './configuration.ts'
import { denialQueries } from './denials.ts'
import { closeInvoiceMark, postponeInvoiceMark } from './invoice-marks.ts'
import { insertInvoice, invoiceQueries, lockInvoices } from './invoices.ts'
import { forgetAnswers, idempotencyQueries, insertIdempotency } from './idempotency.ts'
import { insertKey, keyQueries, updateKey } from './keys.ts'
import { insertMember, insertRole, memberQueries, removeMember, roleQueries, updateMember, updateRole } from './members.ts'
import { moneyQueries } from './money.ts'
import { deleteNamedCap, namedCapQueries, putNamedCap } from './named-caps.ts'
import {
  applicationQueries,
  insertApplication,
  insertOrganization,
  organizationQueries,
  updateApplication,
  updateOrganization,
} from './organizations.ts'
import { paymentChanges, paymentQueries } from './payments.ts'
import { insertPlan, insertSubscription, planQueries, postponeSubscription, subscriptionQueries, updateSubscription } from './plans.ts'
import { requestQueries } from './requests.ts'
import { deleteSetting, putSetting, settingQueries } from './settings.ts'
import { insertTeam, teamQueries, updateTeam } from './teams.ts'
import { insertToken, revokeToken, tokenQueries } from './tokens.ts'
import { insertVoucher, voucherQueries, withdrawVoucher } from './vouchers.ts'
import { deleteWebhook, insertEvent, insertWebhook, replayDeliveries, updateWebhook, webhookQueries } from './webhooks.ts'

/** What the management API asks of the database, on a store. `now` dates the changes. */
export function createAdminStore(store: Pick<Store, 'kind' | 'read' | 'write'>, now: () => number): AdminStore {
  return {
    read: queriesOn(store.read, store.kind),
    write: (effect) => store.write((trx) => effect(transactionOn(trx, store.kind, now()))),
  }
}

function queriesOn(db: Kysely<Schema>, kind: 'sqlite' | 'postgres'): AdminQueries {
  return {
    organizations: organizationQueries(db),
    namedCaps: namedCapQueries(db),
    limitRequests: limitRequestQueries(db),
    teams: teamQueries(db),
    members: memberQueries(db),
    roles: roleQueries(db),
    applications: applicationQueries(db),
    keys: keyQueries(db),
    tokens: tokenQueries(db),
    providers: providerQueries(db),
    models: modelQueries(db),
    apis: apiQueries(db),
    apiDrafts: apiDraftQueries(db),
    apiReleases: apiReleaseQueries(db),
    apiStaging: apiStagingQueries(db),
    apiRequests: apiRequestQueries(db),
    apiDocuments: apiDocumentQueries(db),
    apiUsage: apiUsageQueries(db),
    apiListings: apiListingQueries(db),
    apiAlerts: apiAlertQueries(db),
    apiOwners: apiOwnerQueries(db),
    prices: priceQueries(db),
    cataloguePrices: cataloguePriceQueries(db),
    priceOffers: priceOfferQueries(db),
    plans: planQueries(db),
    subscriptions: subscriptionQueries(db),
    settings: settingQueries(db),
    money: moneyQueries(db),
    requests: requestQueries(db, kind),
    denials: denialQueries(db),
    audit: auditQueries(db),
    vouchers: voucherQueries(db),
    ...paymentQueries(db),
    invoices: invoiceQueries(db),
    webhooks: webhookQueries(db),
    idempotency: idempotencyQueries(db),
  }
}

function transactionOn(trx: Transaction<Schema>, kind: 'sqlite' | 'postgres', now: number): AdminTransaction {
  return {
    ...queriesOn(trx, kind),
    insertOrganization: (row) => insertOrganization(trx, row),
    updateOrganization: (id, change) => updateOrganization(trx, id, change),
    insertTeam: (row) => insertTeam(trx, row),
    updateTeam: (id, change) => updateTeam(trx, id, change),
    deleteTeam: async (id) => void (await trx.deleteFrom('teams').where('id', '=', id).execute()),
    insertMember: (row) => insertMember(trx, row),
    updateMember: (id, change) => updateMember(trx, id, change),
    removeMember: (id, successor, at) => removeMember(trx, id, successor, at),
    insertRole: (row) => insertRole(trx, row),
    updateRole: (id, change) => updateRole(trx, id, change),
    deleteRole: async (id) => void (await trx.deleteFrom('roles').where('id', '=', id).execute()),
    insertApplication: (row) => insertApplication(trx, row),
    updateApplication: (id, change) => updateApplication(trx, id, change),
    insertKey: (row) => insertKey(trx, row),
    updateKey: (id, change) => updateKey(trx, id, change, now),
    insertVoucher: (row) => insertVoucher(trx, row),
    withdrawVoucher: (id, at) => withdrawVoucher(trx, id, at),
    ...paymentChanges(trx),
    insertWebhook: (row) => insertWebhook(trx, row),
    updateWebhook: (id, change) => updateWebhook(trx, id, change),
    deleteWebhook: (id) => deleteWebhook(trx, id),
    insertEvent: (event, only) => insertEvent(trx, event, only),
    replayDeliveries: (webhook, which, at) => replayDeliveries(trx, webhook, which, at),
    insertToken: (row) => insertToken(trx, row),
    revokeToken: (id, at) => revokeToken(trx, id, at),
    putProvider: (row) => putProvider(trx, row, now),
    deleteProvider: (name) => remove(trx, 'providers', name),
    putModel: (row) => putModel(trx, row, now),
    deleteModel: (name) => remove(trx, 'models', name),
    putApi: (row) => putApi(trx, row, now),
    deleteApi: (name) => remove(trx, 'apis', name),
    putApiDraft: (row) => putApiDraft(trx, row),
    deleteApiDraft: (name, revision) => deleteApiDraft(trx, name, revision),
    ...changesOfNoRelease(trx),
    lockApis: () => lockApis(trx),
    insertApiRelease: (row) => insertApiRelease(trx, row),
    putApiDocument: (hash, text) => putApiDocument(trx, hash, text, now),
    putPrice: (row) => putPrice(trx, row, now),
    deletePrice: (name) => remove(trx, 'prices', name),
    lockCataloguePrices: () => lockCataloguePrices(trx),
    insertCataloguePrice: (row) => insertCataloguePrice(trx, row, now),
    updateCataloguePrice: (row) => updateCataloguePrice(trx, row, now),
    deleteCataloguePrice: (priceKey, model) => deleteCataloguePrice(trx, priceKey, model),
    insertPriceOffer: (row) => insertPriceOffer(trx, row),
    decidePriceOffer: (id, state, decision) => decidePriceOffer(trx, id, state, decision),
    putNamedCap: (row) => putNamedCap(trx, row),
    deleteNamedCap: (organization, of, name) => deleteNamedCap(trx, organization, of, name),
    lockLimitRequests: () => lockLimitRequests(trx),
    insertLimitRequest: (row) => insertLimitRequest(trx, row),
    decideLimitRequest: (id, state, decision) => decideLimitRequest(trx, id, state, decision),
    insertPlan: (plan) => insertPlan(trx, plan),
    insertSubscription: (row) => insertSubscription(trx, row),
    updateSubscription: (row) => updateSubscription(trx, row),
    postponeSubscription: (id, lookAt) => postponeSubscription(trx, id, lookAt),
    closeInvoiceMark: (mark, closed) => closeInvoiceMark(trx, mark, closed),
    postponeInvoiceMark: (organization, lookAt) => postponeInvoiceMark(trx, organization, lookAt),
    lockInvoices: () => lockInvoices(trx),
    insertInvoice: (invoice) => insertInvoice(trx, invoice),
    putSetting: (name, value) => putSetting(trx, name, value),
    deleteSetting: (name) => deleteSetting(trx, name),
    bumpConfiguration: async () => void (await bumpConfiguration(trx)),
    insertAudit: ({ organization, ...row }) => appendAudit(trx, { ...row, organization_id: organization }),
    forgetAnswers: (before) => forgetAnswers(trx, before),
    insertIdempotency: (row) => insertIdempotency(trx, row),
  }
}

async function remove(trx: Transaction<Schema>, table: 'providers' | 'models' | 'apis' | 'prices', name: string): Promise<void> {
  await trx.deleteFrom(table).where('name', '=', name).execute()
}
