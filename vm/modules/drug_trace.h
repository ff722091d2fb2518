/* DrugTrace, private part.
 *
 *     item         (1, itemId)                 state of one item; master data unless registered by createItems
 *     master       (2, number)                 master data of one createItems call; its first item's number plus 1
 *     trace        (3, itemId, number)         from number 1 on; number 0, PRODUCTION, follows from the item
 *     batch        (4, manufacturer, batch)    count, first creator and what holds its items
 *     creator      (5, manufacturer, batch, account)   1 for further creators
 *     quarantine   (6, manufacturer, batch)    who, since when, why
 *     recall       (7, manufacturer, batch)    who, since when, why
 *     handover     (8, handoverId), its items (9, handoverId)
 *     requisition  (10, requisitionId), its items: list (11, requisitionId)
 *     lists        (12) all items, (13, manufacturer), (14, batch number), (15, owner); (16, requester)
 *     sequence     (17, receiver)              open offers
 *
 * Hold and release of a batch write the batch only, whatever its size: every item asks its batch.  The list of an
 * owner's items is unordered: each item knows its place, and the last one fills the gap of one that leaves. */
#ifndef MC_VM_MODULES_DRUG_TRACE_H
#define MC_VM_MODULES_DRUG_TRACE_H

#include "vm/modules/args.h"

enum vm_dt_event {
    VM_DT_CREATED,
    VM_DT_TRANSFERRED,
    VM_DT_USED,
    VM_DT_DISPOSED,
    VM_DT_REGISTERED,
    VM_DT_OFFERED,
    VM_DT_CLOSED,
    VM_DT_ITEM_QUARANTINE,
    VM_DT_BATCH_QUARANTINE,
    VM_DT_RECALLED,
    VM_DT_DISPENSED,
    VM_DT_REQUISITION
};

/* The Solidity enums. */
enum vm_dt_item_state {
    VM_DT_NONE,
    VM_DT_AVAILABLE,
    VM_DT_IN_TRANSIT,
    VM_DT_EXPIRED,
    VM_DT_IS_QUARANTINED,
    VM_DT_IS_RECALLED,
    VM_DT_IS_DISPENSED,
    VM_DT_IS_DISPOSED
};

/* ------------------------------------------------------------------ items (drug_trace_item.c) */

/* What all items of a createItems call share. */
struct vm_dt_master {
    struct mc_slice name;
    struct mc_slice specification;
    struct mc_slice manufacturer;
    struct mc_slice batch; /* batch number */
    struct mc_u256 production_s;
    struct mc_u256 expiry_s; /* inclusive */
    struct mc_slice category;
};

struct vm_dt_item {
    struct mc_slice id; /* filled on load */
    struct vm_dt_master m;
    struct mc_slice location;
    struct mc_addr owner;
    bool active;
    uint64_t master_no; /* where m is stored; 0: in the item itself */
    struct mc_addr creator;
    uint64_t created_s;
    uint64_t owner_i;   /* place in the owner's list; means nothing when inactive */
    uint64_t trace_cnt; /* trace records after PRODUCTION */
    uint64_t use_cnt;
    uint64_t issue_use_cnt;       /* use_cnt at the latest issue */
    bool quarantined;             /* itself, not its batch */
    uint8_t final;                /* VM_DT_IS_DISPENSED, VM_DT_IS_DISPOSED, or 0 while active */
    struct mc_slice handover;     /* open offer, "" for none */
    struct mc_slice requisition;  /* latest issue, "" for none */
    struct mc_slice prescription; /* of the dispensing, "" for none */
};
extern const struct vm_layout VM_DT_ITEM;

struct vm_key vm_dt_all_key(void);
struct vm_key vm_dt_manufacturer_key(struct mc_slice manufacturer);
struct vm_key vm_dt_batch_number_key(struct mc_slice batch_number);
struct vm_key vm_dt_owner_key(const struct mc_addr *owner);

/* Reads an item with its master data; zeros when unknown. */
MC_NODISCARD enum mc_err vm_dt_item_load(struct vm_call *c, struct mc_slice id,
                                         struct vm_dt_item *it, bool *found);
MC_NODISCARD enum mc_err vm_dt_item_save(struct vm_call *c, const struct vm_dt_item *it);
/* Stores the master data number no for items that name it. */
MC_NODISCARD enum mc_err vm_dt_master_save(struct vm_call *c, uint64_t no,
                                           const struct vm_dt_master *m);
/* Reverts with "Item does not exist". */
MC_NODISCARD enum mc_err vm_dt_item_require(struct vm_call *c, struct mc_slice id,
                                            struct vm_dt_item *it);
/* The item checks of part 1: exists, is active, belongs to the caller. */
MC_NODISCARD enum mc_err vm_dt_item_own(struct vm_call *c, struct mc_slice id,
                                        struct vm_dt_item *it);
/* HELD(item).  A recalled item may go to the account that declared the recall: `to`, NULL for nobody. */
MC_NODISCARD enum mc_err vm_dt_item_free(struct vm_call *c, const struct vm_dt_item *it,
                                         const struct mc_addr *to);
bool vm_dt_item_expired(const struct vm_call *c, const struct vm_dt_item *it);
/* The item enters the list of it->owner, or leaves it; the caller saves the item. */
MC_NODISCARD enum mc_err vm_dt_owner_add(struct vm_call *c, struct vm_dt_item *it);
MC_NODISCARD enum mc_err vm_dt_owner_remove(struct vm_call *c, const struct vm_dt_item *it);
/* Ownership and location change; the caller saves the item. */
MC_NODISCARD enum mc_err vm_dt_item_move(struct vm_call *c, struct vm_dt_item *it,
                                         const struct mc_addr *to, struct mc_slice location);
/* The item leaves circulation with this final state; the caller saves the item. */
MC_NODISCARD enum mc_err vm_dt_item_end(struct vm_call *c, struct vm_dt_item *it,
                                        enum vm_dt_item_state final);
/* Emits ItemTransferred from the account to the present owner, with the present location. */
MC_NODISCARD enum mc_err vm_dt_emit_moved(struct vm_call *c, const struct vm_dt_item *it,
                                          const struct mc_addr *from);

/* ------------------------------------------------------------------ trace (drug_trace_trace.c) */

enum vm_dt_action {
    VM_DT_PRODUCTION,
    VM_DT_TRANSFER,
    VM_DT_USE,
    VM_DT_DISPOSAL,
    VM_DT_OFFER,
    VM_DT_REJECT,
    VM_DT_QUARANTINE,
    VM_DT_RELEASE,
    VM_DT_DISPENSE,
    VM_DT_ISSUE
};

struct vm_dt_trace {
    struct mc_slice item_id;
    struct mc_addr from;
    struct mc_addr to;
    struct mc_slice location;
    uint64_t time_s;
    struct mc_slice action_text;
    struct mc_slice notes;
    struct mc_slice transaction_hash; /* stays "" */
    uint8_t action;
    struct mc_slice
        handover; /* the hand-over that holds the texts, "" for none: they are stored once for all its items */
};
extern const struct vm_layout VM_DT_TRACE;

/* Appends a record of now to the item's trace: action, from, to, location, notes and handover as given in t.  The
 * caller saves the item. */
MC_NODISCARD enum mc_err vm_dt_trace_add(struct vm_call *c, struct vm_dt_item *it,
                                         const struct vm_dt_trace *t);

/* ------------------------------------------------------------------ batches (drug_trace_batch.c) */

struct vm_dt_batch {
    uint64_t item_cnt;
    struct mc_addr creator; /* registered the first item */
    bool quarantined;
    uint8_t recall_class; /* 0: not recalled */
    struct mc_addr recaller;
};

/* Reads a batch; zeros when unknown. */
MC_NODISCARD enum mc_err vm_dt_batch_load(struct vm_call *c, struct mc_slice manufacturer,
                                          struct mc_slice batch_number, struct vm_dt_batch *b);
/* The caller registered cnt items into the batch. */
MC_NODISCARD enum mc_err vm_dt_batch_grow(struct vm_call *c, const struct vm_dt_master *m,
                                          uint64_t cnt);

/* ------------------------------------------------------------------ hand-over (drug_trace_handover.c) */

enum vm_dt_handover_state {
    VM_DT_NO_HANDOVER,
    VM_DT_HANDOVER_OFFERED,
    VM_DT_HANDOVER_ACCEPTED,
    VM_DT_HANDOVER_REJECTED,
    VM_DT_HANDOVER_CANCELLED
};

struct vm_dt_handover {
    struct mc_addr from;
    struct mc_addr to;
    struct mc_slice location; /* of the offer */
    struct mc_slice notes;
    uint64_t offered_s;
    uint64_t closed_s; /* 0 while open */
    uint8_t state;
    struct vm_strs item_ids; /* in a cell of its own */
    uint64_t pending_i;      /* place among the receiver's open offers */
    struct mc_slice closing; /* location of the acceptance, or reason of the end without one */
};
extern const struct vm_layout VM_DT_HANDOVER;

/* Reads a hand-over without its items; zeros when unknown. */
MC_NODISCARD enum mc_err vm_dt_handover_load(struct vm_call *c, struct mc_slice id,
                                             struct vm_dt_handover *h, bool *found);

/* ------------------------------------------------------------------ layouts and handlers */

extern const struct vm_layout VM_DT_ITEM_STATUS, VM_DT_BATCH_STATUS, VM_DT_REQUISITION_LAYOUT;

/* drug_trace_supply.c */
VM_HANDLER(vm_dt_create_item);
VM_HANDLER(vm_dt_create_items);
VM_HANDLER(vm_dt_transfer_item);
VM_HANDLER(vm_dt_use_item);
VM_HANDLER(vm_dt_dispose_item);
/* drug_trace_dispense.c */
VM_HANDLER(vm_dt_dispense_item);
/* drug_trace_trace.c */
VM_HANDLER(vm_dt_get_trace_records);
VM_HANDLER(vm_dt_trace_records);
VM_HANDLER(vm_dt_get_trace_records_page);
/* drug_trace_views.c */
VM_HANDLER(vm_dt_get_item);
VM_HANDLER(vm_dt_supply_items);
VM_HANDLER(vm_dt_get_items_by_manufacturer);
VM_HANDLER(vm_dt_get_items_by_batch);
VM_HANDLER(vm_dt_is_item_expired);
VM_HANDLER(vm_dt_get_total_items);
VM_HANDLER(vm_dt_item_ids);
VM_HANDLER(vm_dt_get_item_status);
VM_HANDLER(vm_dt_get_items_by_manufacturer_page);
VM_HANDLER(vm_dt_get_items_by_batch_page);
VM_HANDLER(vm_dt_get_items_by_owner);
/* drug_trace_handover.c */
VM_HANDLER(vm_dt_offer_handover);
VM_HANDLER(vm_dt_accept_handover);
VM_HANDLER(vm_dt_close_handover);
VM_HANDLER(vm_dt_get_handover);
VM_HANDLER(vm_dt_get_pending_handovers);
/* drug_trace_batch.c */
VM_HANDLER(vm_dt_set_item_quarantine);
VM_HANDLER(vm_dt_set_batch_quarantine);
VM_HANDLER(vm_dt_recall_batch);
VM_HANDLER(vm_dt_get_batch_status);
/* drug_trace_requisition.c */
VM_HANDLER(vm_dt_create_requisition);
VM_HANDLER(vm_dt_decide_requisition);
VM_HANDLER(vm_dt_fulfil_requisition);
VM_HANDLER(vm_dt_verify_requisition);
VM_HANDLER(vm_dt_get_requisition);
VM_HANDLER(vm_dt_get_requisitions_by_requester);

/* The key tags of the drawing above. */
enum vm_dt_tag {
    VM_DT_TAG_ITEM = 1,
    VM_DT_TAG_MASTER,
    VM_DT_TAG_TRACE,
    VM_DT_TAG_BATCH,
    VM_DT_TAG_CREATOR,
    VM_DT_TAG_QUARANTINE,
    VM_DT_TAG_RECALL,
    VM_DT_TAG_HANDOVER,
    VM_DT_TAG_HANDOVER_ITEMS,
    VM_DT_TAG_REQUISITION,
    VM_DT_TAG_REQUISITION_ITEMS,
    VM_DT_TAG_ALL,
    VM_DT_TAG_MANUFACTURER,
    VM_DT_TAG_BATCH_NUMBER,
    VM_DT_TAG_OWNER,
    VM_DT_TAG_REQUESTER,
    VM_DT_TAG_PENDING
};

#endif
