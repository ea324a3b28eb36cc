//! The demo's notices on the editors' desk: one in every state, written and signed by the demo's people.

use anyhow::Context;
use chrono::NaiveTime;
use sea_orm::ConnectionTrait;

use crate::accounts::AccountId;
use crate::admin::{self, Role};
use crate::app::App;
use crate::checks::Findings;
use crate::clock::Timestamp;
use crate::notices::desk::{self, Deed};
use crate::notices::reviews::{self, Reasons};
use crate::notices::store::{self, Filter};
use crate::notices::{Content, Notice, State};

const DAY_MILLIS: i64 = 86_400_000;
/// Those that residents have seen are from so long ago that they stand below the sample content.
const LONG_AGO_DAYS: i64 = 40;

struct Sample {
    state: State,
    title: &'static str,
    digest: &'static str,
    body: &'static str,
}

const SAMPLES: [Sample; 9] = [
    Sample {
        state: State::Draft,
        title: "冬季取暖安全提示",
        digest: "使用电暖器、电热毯前请先检查线路。",
        body: "<p>天气转冷，请各位居民注意用电安全。</p><ul><li>电暖器旁不要晾衣物。</li><li>出门前关闭电热毯。</li></ul>",
    },
    Sample {
        state: State::First,
        title: "社区图书角征集旧书",
        digest: "欢迎捐出家中闲置的图书，本月底前送到服务中心。",
        body: "<p>社区图书角准备添一批书，欢迎捐出家中闲置的图书。</p><p>请在本月底前送到服务中心。</p>",
    },
    Sample {
        state: State::Second,
        title: "健康讲座：冬季养生",
        digest: "社区医生讲冬季饮食与锻炼，到场可测血压。",
        body: "<h2>内容</h2><p>社区医生讲冬季饮食与锻炼。</p><h2>提示</h2><p>到场可免费测血压，请带好老花镜。</p>",
    },
    Sample {
        state: State::Third,
        title: "楼道堆物集中清理安排",
        digest: "本周六起逐楼清理楼道堆物，请提前收好自家物品。",
        body: "<p>为保持消防通道畅通，本周六起逐楼清理楼道堆物。</p><p>请提前收好自家物品，确有困难的可请楼组长帮忙。</p>",
    },
    Sample {
        state: State::Approved,
        title: "志愿者服务时间兑换说明",
        digest: "服务时间可以兑换理发、磨刀等便民服务。",
        body: "<p>志愿者的服务时间可以兑换便民服务。</p><p>兑换请到服务中心，凭志愿者证办理。</p>",
    },
    Sample {
        state: State::Scheduled,
        title: "下周便民服务日预告",
        digest: "理发、磨刀、修伞，下周三上午在小广场。",
        body: "<p>便民服务日安排在下周三上午，地点在小广场。</p><p>项目有理发、磨刀和修伞。</p>",
    },
    Sample {
        state: State::Published,
        title: "电梯年检通过公示",
        digest: "本年度电梯检验全部合格。",
        body: "<p>本年度的电梯检验已经完成，结果全部合格。</p><p>检验报告可到物业查看。</p>",
    },
    Sample {
        state: State::Withdrawn,
        title: "广场舞场地临时调整",
        digest: "场地维修期间请改到小花园。",
        body: "<p>小广场地面维修，期间请改到小花园活动。</p>",
    },
    Sample {
        state: State::Expired,
        title: "秋季健步走报名",
        digest: "报名已经结束。",
        body: "<p>秋季健步走开始报名，请到服务中心登记。</p>",
    },
];

/// Puts the notices on the desk of an account, unless the demo's editor has written there already.
///
/// # Errors
/// When the database does not answer, or the demo's people are not there.
pub(super) async fn put_on_desk(app: &App, account: AccountId) -> anyhow::Result<()> {
    let crew = Crew::find(app).await?;
    let own = Filter { person: Some(crew.editor), ..Filter::default() };
    if !store::list(app.db.reader(), account, &own, None, 1).await?.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    for (number, sample) in SAMPLES.iter().enumerate() {
        let is_past = matches!(sample.state, State::Published | State::Withdrawn | State::Expired);
        let days = if is_past { LONG_AGO_DAYS } else { 1 };
        // A minute apart, so that the list has an order.
        let at = now.plus_millis(-days * DAY_MILLIS + number as i64 * 60_000);
        let write = app.db.begin_write().await?;
        bring(&write, account, sample, &crew, (at, now)).await?;
        write.commit().await?;
    }
    app.kv.tell_changed().await;
    Ok(())
}

/// Who writes and who signs.
struct Crew {
    editor: i64,
    /// In the order of the reviews.
    reviewers: [i64; 3],
}

impl Crew {
    async fn find(app: &App) -> anyhow::Result<Self> {
        let find = async |role: Role| {
            let person = admin::store::find_by_name(app.db.reader(), role.as_str()).await?;
            anyhow::Ok(person.context("one of the demo's people is missing")?.id.0)
        };
        let reviewers = [find(Role::Admin).await?, find(Role::Reviewer).await?, find(Role::Publisher).await?];
        Ok(Self { editor: find(Role::Editor).await?, reviewers })
    }
}

/// Brings one notice as far as its sample says, all of it at one moment, and what follows from the time until now.
async fn bring(
    db: &impl ConnectionTrait,
    account: AccountId,
    sample: &Sample,
    crew: &Crew,
    (at, now): (Timestamp, Timestamp),
) -> anyhow::Result<()> {
    let is_over = sample.state == State::Expired;
    let content = Content {
        title: sample.title.into(),
        digest: sample.digest.into(),
        author: Some("希望社区".into()),
        sections: vec!["tips".into()],
        body_html: sample.body.into(),
        valid_until: is_over.then(|| now.plus_millis(-3 * DAY_MILLIS).millis()),
        ..Content::default()
    };
    let deed = |notice: &Notice, person: i64, now: Timestamp| Deed {
        account,
        id: notice.id,
        version: notice.version,
        person,
        now,
    };
    let nothing = Findings { findings: Vec::new(), left_out: 0 };
    let mut notice = desk::create(db, account, content, crew.editor, at).await?;
    reviews::authored(db, &notice, at).await?;
    let signatures = match sample.state {
        State::Draft => return Ok(()),
        State::First => 0,
        State::Second => 1,
        State::Third => 2,
        State::Approved | State::Scheduled | State::Published | State::Withdrawn | State::Expired => 3,
    };
    let reasons = Reasons::new();
    notice = reviews::hand_in(db, &deed(&notice, crew.editor, at), &nothing, &reasons, None).await?;
    for person in crew.reviewers.into_iter().take(signatures) {
        let hash = notice.content_hash.clone();
        let deed = deed(&notice, person, at);
        notice = reviews::sign(db, &deed, &hash, (&nothing, &reasons), None, |_| true).await?;
    }
    let [_, _, publisher] = crew.reviewers;
    match sample.state {
        State::Draft | State::First | State::Second | State::Third | State::Approved => (),
        State::Scheduled => {
            let tomorrow = now.plus_millis(DAY_MILLIS).shanghai_date();
            let nine = tomorrow.and_time(NaiveTime::from_hms_opt(9, 0, 0).context("nine is a time")?);
            let nine = Timestamp::from_shanghai(nine).millis();
            desk::schedule(db, &deed(&notice, publisher, now), nine, None).await?;
        }
        State::Published => {
            desk::publish(db, &deed(&notice, publisher, at), at).await?;
        }
        State::Withdrawn => {
            let notice = desk::publish(db, &deed(&notice, publisher, at), at).await?;
            desk::withdraw(db, &deed(&notice, publisher, at), "场地已经修好").await?;
        }
        State::Expired => {
            let notice = desk::publish(db, &deed(&notice, publisher, at), at).await?;
            desk::expire(db, &deed(&notice, publisher, now)).await?;
        }
    }
    Ok(())
}
