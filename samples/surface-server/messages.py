"""A2UI v0.8 messages for the order desk's surface."""

ORDER_SURFACE = "order-desk"


def open_order(order: dict) -> list[dict]:
    """Messages that draw one order, ready to be sent in this order."""
    return [
        {
            "surfaceUpdate": {
                "surfaceId": ORDER_SURFACE,
                "components": [
                    {"id": "root", "component": {"Column": {"children": {"explicitList": ["title", "summary", "total"]}}}},
                    {"id": "title", "component": {"Text": {"text": {"literalString": f"Order {order['id']}"}}}},
                    {"id": "summary", "component": {"Text": {"text": {"literalString": order["summary"]}}}},
                    {"id": "total", "component": {"Text": {"text": {"path": "/total"}}}},
                ],
            }
        },
        {"dataModelUpdate": {"contents": [{"key": "total", "valueString": order["total"]}]}},
        {"beginRendering": {"surfaceId": ORDER_SURFACE, "root": "root"}},
    ]
