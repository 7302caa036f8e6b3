# --- tests/reports/test_registers.py or whole/test_hostile.py
async def test_a_cursor_with_a_number_that_no_column_holds_is_refused(house: Cast, web: Web) -> None:
    fell = []
    for document in registry.every():
        for number in ("9" * 19, "9" * 30, "-" + "9" * 30):
            for parts in range(1, 6):
                after = "~".join([number] * parts)
                answer = await web.as_("auditor").get(f"/ledgers/{document.name}", params={"after": after})
                if answer.status_code >= 500:
                    fell.append(f"{document.name}: {after}")
    assert fell == []
