//! The table of error codes.

use super::{Remedy, Row, calls, explain, features, inputs, mass_send_refusal};

fn rows() -> impl Iterator<Item = &'static Row> {
    [calls::ROWS, inputs::ROWS, features::ROWS].into_iter().flatten()
}

#[test]
fn the_codes_that_decide_what_happens_next_have_their_remedy() {
    let check = |remedy: Remedy, codes: &[i64]| {
        for code in codes {
            assert_eq!(explain(*code).remedy, remedy, "for {code}");
        }
    };
    check(Remedy::Retry, &[-1, 42_010, 43_108, 45_011, 45_061, 45_066, 45_085, 53_501, 61_450, 61_503]);
    check(Remedy::RefreshToken, &[40_001, 40_014, 42_001]);
    check(
        Remedy::Configuration,
        &[40_013, 40_125, 40_164, 40_243, 48_001, 48_004, 50_007, 61_007, 88_000, 89_503],
    );
    check(Remedy::Quota, &[45_009, 45_028, 45_029, 45_093, 45_101, 45_104]);
    check(
        Remedy::Recipient,
        &[40_003, 43_004, 43_019, 43_101, 45_015, 45_047, 45_059, 46_004, 48_002, 70_000],
    );
    check(Remedy::Harmless, &[0, 45_065, 45_080, 45_081, 46_002, 46_003, 88_004, 88_005, 88_008, 88_009]);
    check(
        Remedy::FixInput,
        &[40_007, 40_018, 40_033, 41_001, 45_002, 47_001, 47_003, 48_005, 53_503, 65_417],
    );
}

#[test]
fn every_code_of_the_reference_is_in_the_table() {
    let codes = "-1 0 40001 40002 40003 40004 40005 40006 40007 40008 40009 40010 40011 40012 40013 40014 40015 40016 \
        40017 40018 40019 40020 40021 40022 40023 40024 40025 40026 40027 40028 40029 40030 40031 40032 40033 40035 \
        40036 40037 40038 40039 40048 40050 40051 40117 40052 40053 40054 40055 40059 40060 40062 40065 40066 40068 \
        40097 40113 40114 40118 40119 40120 40121 40125 40126 40128 40130 40132 40137 40152 40155 40163 40164 40192 \
        40193 40194 40199 40200 40201 40202 40203 40204 40213 40214 40243 40246 40247 40249 41001 41002 41003 41004 \
        41005 41006 41007 41008 41009 41028 41029 41030 41039 42001 42002 42003 42007 42010 43001 43002 43003 43004 \
        43005 43019 43100 43101 43104 43107 43108 43116 44001 44002 44003 44004 44005 45001 45002 45003 45004 45005 \
        45006 45007 45008 45009 45010 45011 45012 45013 45014 45015 45016 45017 45018 45026 45027 45028 45029 45035 \
        45047 45048 45049 45050 45051 45052 45056 45057 45058 45059 45060 45061 45062 45064 45065 45066 45067 45072 \
        45080 45081 45082 45083 45084 45085 45086 45087 45093 45098 45099 45101 45103 45104 45113 45157 45158 45159 \
        45162 45166 45168 46001 46002 46003 46004 47001 47002 47003 48001 48002 48003 48004 48005 48006 48007 48008 \
        48010 48013 48014 48015 48021 48022 49003 50001 50002 50003 50004 50005 50007 53402 53404 53405 53406 53500 \
        53501 53502 53503 53504 53505 53506 53600 61003 61007 61023 61450 61451 61452 61453 61454 61455 61456 61457 \
        61500 61501 61503 62751 65301 65302 65303 65304 65305 65306 65307 65308 65309 65310 65314 65316 65317 65318 \
        65319 65320 65400 65401 65402 65403 65404 65405 65406 65407 65408 65409 65410 65411 65412 65413 65414 65415 \
        65416 65417 70000 76001 76002 76003 76004 76021 76022 87009 88000 88001 88002 88003 88004 88005 88007 88008 \
        88009 88010 88011 89501 89503 89504 89505 89506 89507 200011 200012 200013 200014 200016 200017 200018 \
        200019 200020 200021 200022 200100 268488001 886000 44990 9001001 9001002 9001003 9001006 9001007 9001008 \
        9001009 9001010 9001020 9001036 9410010 9410011 9410012 9500001 9500002 10170001 10170002 10170003";
    for code in codes.split_whitespace() {
        let code: i64 = code.parse().unwrap();
        assert!(rows().any(|row| (row.first..=row.last).contains(&code)), "{code} is not explained");
        assert_ne!(explain(code).meaning, explain(123_456).meaning, "for {code}");
    }
}

#[test]
fn the_rows_are_in_order_so_that_a_code_is_found() {
    for rows in [calls::ROWS, inputs::ROWS, features::ROWS] {
        assert!(rows.iter().all(|row| row.first <= row.last));
        assert!(rows.windows(2).all(|pair| pair[0].last < pair[1].first));
    }
    for row in rows() {
        assert_eq!(explain(row.first), row.explanation);
        assert_eq!(explain(row.last), row.explanation);
    }
}

#[test]
fn a_code_without_a_row_has_a_general_explanation() {
    for code in [i64::MIN, -2, 1, 40_034, 61_024, 99_999, i64::MAX] {
        assert_eq!(explain(code).meaning, "微信返回了一个没有说明的错误码。", "for {code}");
    }
}

#[test]
fn every_sentence_is_chinese_and_ends() {
    for row in rows() {
        for sentence in [row.explanation.meaning, row.explanation.what_to_do] {
            assert!(sentence.ends_with('。'), "{}: {sentence}", row.first);
            assert!(!sentence.contains([',', ';', '?', '!']), "{}: {sentence}", row.first);
        }
        assert_eq!(row.explanation.wait.is_some(), row.explanation.remedy == Remedy::Retry, "{}", row.first);
    }
}

#[test]
fn a_refused_mass_sending_is_explained() {
    assert_eq!(mass_send_refusal(20_013), "涉嫌版权。");
    assert_eq!(mass_send_refusal(40_002), "管理员 30 分钟内没有确认，群发已取消。");
    assert_eq!(mass_send_refusal(1), "微信没有通过这次群发，没有说明原因。");
}
