/* DrugTrace: its table. */
#include "vm/modules/drug_trace.h"

#define CREATORS  (VM_MANUFACTURER | VM_SUPPLIER | VM_PHARMACIST | VM_ADMIN)
#define USERS     (VM_CLINICAL | VM_ADMIN)
#define BATCH     (VM_ADMIN | VM_AUDITOR | VM_MANUFACTURER | VM_SUPPLIER)
#define REQUESTER (VM_DOCTOR | VM_NURSE | VM_LAB_TECHNICIAN)

#define MASTER_ARGS                                                                                \
    "string name, string specification, string manufacturer, string batchNumber, uint256 "         \
    "productionDate, uint256 expiryDate, string category"
#define PAGE_ARGS   "uint256 offset, uint256 limit"
#define RETURNS_IDS " view returns (string[] ids, uint256 total)"

static const struct vm_method methods[] = {
    {"function createItem(string itemId, " MASTER_ARGS ")", "INNNIL", CREATORS, vm_dt_create_item},
    {"function transferItem(string itemId, address to, string location, string notes)", "INT",
     VM_CUSTODIAN, vm_dt_transfer_item},
    {"function useItem(string itemId, string patientId, string notes)", "IIT", USERS,
     vm_dt_use_item},
    {"function disposeItem(string itemId, string reason)", "IT", VM_CUSTODIAN, vm_dt_dispose_item},
    {"function getItem(string itemId) view returns (SupplyItem)", NULL, 0, vm_dt_get_item},
    {"function getTraceRecords(string itemId) view returns (TraceRecord[])", NULL, 0,
     vm_dt_get_trace_records},
    {"function getItemsByManufacturer(string manufacturer) view returns (string[])", NULL, 0,
     vm_dt_get_items_by_manufacturer},
    {"function getItemsByBatch(string batchNumber) view returns (string[])", NULL, 0,
     vm_dt_get_items_by_batch},
    {"function isItemExpired(string itemId) view returns (bool)", NULL, 0, vm_dt_is_item_expired},
    {"function getTotalItems() view returns (uint256)", NULL, 0, vm_dt_get_total_items},
    {"function supplyItems(string) view returns (string itemId, string name, string specification, "
     "string manufacturer, string batchNumber, uint256 productionDate, uint256 expiryDate, string "
     "currentLocation, address currentOwner, bool isActive, string category)",
     NULL, 0, vm_dt_supply_items},
    {"function traceRecords(string, uint256) view returns (string itemId, address from, address "
     "to, string location, uint256 timestamp, string action, string notes, string "
     "transactionHash)",
     NULL, 0, vm_dt_trace_records},
    {"function itemIds(uint256) view returns (string)", NULL, 0, vm_dt_item_ids},

    {"function createItems(string[] ids, " MASTER_ARGS ")", "INNNIL", CREATORS, vm_dt_create_items},

    {"function offerHandover(string handoverId, string[] ids, address to, string location, string "
     "notes)",
     "IINT", VM_CUSTODIAN, vm_dt_offer_handover},
    {"function acceptHandover(string handoverId, string location)", "IN", VM_CUSTODIAN,
     vm_dt_accept_handover},
    {"function closeHandover(string handoverId, string reason)", "IT", 0, vm_dt_close_handover},
    {"function getHandover(string handoverId) view returns (Handover)", NULL, 0,
     vm_dt_get_handover},
    {"function getPendingHandovers(address to, " PAGE_ARGS ")" RETURNS_IDS, NULL, 0,
     vm_dt_get_pending_handovers},

    {"function setItemQuarantine(string itemId, bool quarantined, string reason)", "IT",
     VM_CUSTODIAN, vm_dt_set_item_quarantine},
    {"function setBatchQuarantine(string manufacturer, string batchNumber, bool quarantined, "
     "string reason)",
     "NIT", BATCH, vm_dt_set_batch_quarantine},
    {"function recallBatch(string manufacturer, string batchNumber, uint8 recallClass, string "
     "reason)",
     "NIT", BATCH, vm_dt_recall_batch},
    {"function getBatchStatus(string manufacturer, string batchNumber) view returns (BatchStatus)",
     NULL, 0, vm_dt_get_batch_status},
    {"function getItemStatus(string itemId) view returns (ItemStatus)", NULL, 0,
     vm_dt_get_item_status},

    {"function dispenseItem(string itemId, string prescriptionId, uint256 quantity, string notes)",
     "IIT", VM_PHARMACIST, vm_dt_dispense_item},

    {"function createRequisition(string requisitionId, address stockHolder, string category, "
     "string specification, uint256 quantity, string department, string purpose)",
     "ILNNT", REQUESTER, vm_dt_create_requisition},
    {"function decideRequisition(string requisitionId, bool approve, string reason)", "IT",
     REQUESTER | VM_PHARMACIST | VM_ADMIN, vm_dt_decide_requisition},
    {"function fulfilRequisition(string requisitionId, string[] ids)", "II", VM_CUSTODIAN,
     vm_dt_fulfil_requisition},
    {"function verifyRequisition(string requisitionId, string notes)", "IT",
     REQUESTER | VM_ADMIN | VM_AUDITOR, vm_dt_verify_requisition},
    {"function getRequisition(string requisitionId) view returns (Requisition)", NULL, 0,
     vm_dt_get_requisition},
    {"function getRequisitionsByRequester(address requester, " PAGE_ARGS ")" RETURNS_IDS, NULL, 0,
     vm_dt_get_requisitions_by_requester},

    {"function getItemsByManufacturerPage(string manufacturer, " PAGE_ARGS ")" RETURNS_IDS, NULL, 0,
     vm_dt_get_items_by_manufacturer_page},
    {"function getItemsByBatchPage(string batchNumber, " PAGE_ARGS ")" RETURNS_IDS, NULL, 0,
     vm_dt_get_items_by_batch_page},
    {"function getItemsByOwner(address owner, " PAGE_ARGS ")" RETURNS_IDS, NULL, 0,
     vm_dt_get_items_by_owner},
    {"function getTraceRecordsPage(string itemId, " PAGE_ARGS
     ") view returns (TraceRecord[] records, uint256 total)",
     NULL, 0, vm_dt_get_trace_records_page},
};

#define BATCH_KEYS "string indexed manufacturerKey, string indexed batchKey, "

static const char *const events[] = {
    [VM_DT_CREATED] = "event ItemCreated(string indexed itemId, string name, string manufacturer, "
                      "string batchNumber)",
    [VM_DT_TRANSFERRED] = "event ItemTransferred(string indexed itemId, address indexed from, "
                          "address indexed to, string location)",
    [VM_DT_USED] = "event ItemUsed(string indexed itemId, address indexed user, string patientId, "
                   "string notes)",
    [VM_DT_DISPOSED] = "event ItemDisposed(string indexed itemId, address indexed disposer, string "
                       "reason)",
    [VM_DT_REGISTERED] = "event ItemsRegistered(" BATCH_KEYS "string manufacturer, string "
                         "batchNumber, uint256 count)",
    [VM_DT_OFFERED] = "event HandoverOffered(string indexed handoverKey, address indexed from, "
                      "address indexed to, string handoverId, uint256 count)",
    [VM_DT_CLOSED] = "event HandoverClosed(string indexed handoverKey, address indexed by, string "
                     "handoverId, HandoverState state, string reason)",
    [VM_DT_ITEM_QUARANTINE] = "event ItemQuarantineChanged(string indexed itemKey, address indexed "
                              "by, string itemId, bool quarantined, string reason)",
    [VM_DT_BATCH_QUARANTINE] = "event BatchQuarantineChanged(" BATCH_KEYS "address indexed by, "
                               "string manufacturer, string batchNumber, bool quarantined, string "
                               "reason)",
    [VM_DT_RECALLED] = "event BatchRecalled(" BATCH_KEYS "address indexed by, string manufacturer, "
                       "string batchNumber, uint8 recallClass, string reason)",
    [VM_DT_DISPENSED] = "event ItemDispensed(string indexed itemKey, string indexed "
                        "prescriptionKey, address indexed pharmacist, string itemId, string "
                        "prescriptionId, uint256 quantity)",
    [VM_DT_REQUISITION] = "event RequisitionChanged(string indexed requisitionKey, address indexed "
                          "by, RequisitionState indexed state, string requisitionId, string notes)",
};

static const struct vm_layout *const structs[] = {
    &VM_DT_ITEM,         &VM_DT_TRACE,    &VM_DT_ITEM_STATUS,
    &VM_DT_BATCH_STATUS, &VM_DT_HANDOVER, &VM_DT_REQUISITION_LAYOUT,
};

static const char *const enums[] = {"ItemState", "HandoverState", "RequisitionState"};

const struct vm_module vm_mod_drug_trace = {
    .name = "DrugTrace",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
    .deployable = true,
};
