import type { Category, Channel } from './notification-categories.js';

/** What becomes of a mail; `gathered` waits for a digest, `digested` went with one, `dropped` was not wanted any more. */
export type DeliveryState = 'pending' | 'gathered' | 'digested' | 'sent' | 'failed' | 'dropped';

/** The tables of notifications as statements see them, and what they ask of others; a time is read as text and written as a Date. */
export interface NotificationTables {
  notification: {
    tenant_id: string;
    id: string;
    member_id: string;
    category: Category;
    key: string;
    title: string;
    body: string;
    link: string | null;
    severity: 'info' | 'critical';
    dedupe_key: string;
    created_at: Date;
    read_at: Date | null;
  };
  notification_preference: {
    tenant_id: string;
    id: string;
    /** Null: the tenant's default. */
    member_id: string | null;
    /** Null: the whole channel. */
    category: Category | null;
    channel: Channel;
    enabled: boolean;
    created_at: Date;
  };
  mail_delivery: {
    tenant_id: string;
    id: string;
    member_id: string;
    category: Category;
    title: string;
    body: string;
    link: string | null;
    token_purpose: 'setup' | 'reset' | null;
    token_id: string | null;
    dedupe_key: string;
    state: DeliveryState;
    /** The delivery whose mail carried this one. */
    digest_id: string | null;
    attempts: number;
    error: string | null;
    created_at: Date;
    sent_at: Date | null;
  };
  mail_refusal: { tenant_id: string; address: string; reason: string; refused_at: Date };
  member: { id: string; email: string; name: string; status: 'invited' | 'active' | 'disabled' };
  company: { id: string };
}
