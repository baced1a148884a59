/** Who a credential is, before a tenant is chosen. */
export interface Caller {
  keyId: string;
  /** Its own tenant: used when the request names none. */
  homeTenantId: string;
  /** Whether it may act for any tenant, not only its own. */
  isForAllTenants: boolean;
  /** 1 viewer … 5 owner */
  level: number;
}

/** The bootstrap key (AOS_API_KEY): owner level, every tenant, at home in `default`. */
export const BOOTSTRAP_CALLER: Caller = {
  keyId: 'bootstrap',
  homeTenantId: 'default',
  isForAllTenants: true,
  level: 5,
};
