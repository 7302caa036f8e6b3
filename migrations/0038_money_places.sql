-- Where money lies: tills, bank accounts and platforms by their account in the chart (charity/ledger/places.py). The
-- rows are those that the channels of gifts and the payments of vouchers have always used.
-- all
CREATE TABLE money_place (
    code TEXT PRIMARY KEY,
    chart TEXT NOT NULL CHECK (chart IN ('1001', '1002', '1009')),
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    CHECK (code = chart || '/' || place)
);
INSERT INTO money_place (code, chart, place, name, name_en) VALUES
    ('1001/-', '1001', '-', '现金', 'Cash'),
    ('1002/ICBC-01', '1002', 'ICBC-01', '工商银行基本户', 'ICBC basic account'),
    ('1009/WECHAT', '1009', 'WECHAT', '微信支付', 'WeChat Pay'),
    ('1009/ALIPAY', '1009', 'ALIPAY', '支付宝', 'Alipay'),
    ('1009/SANDBOX', '1009', 'SANDBOX', '演示通道', 'Demo channel');
