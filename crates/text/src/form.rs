//! Messages at the fields of forms.

use crate::Lang;
use contract::form::Fault;
use domain::{
    announcements::{InvalidPeriod, InvalidText, TEXT},
    names::Unnamed,
    outgoing::InvalidAddress,
    rooms::{EQUIPMENT, EQUIPMENT_NAME, InvalidEquipment},
};

impl Lang {
    /// The message at the field.
    #[must_use]
    pub fn fault(self, fault: Fault) -> String {
        match fault {
            Fault::Missing | Fault::Blank => self.api_field_missing().to_owned(),
            Fault::Unknown => self.api_field_unknown().to_owned(),
            Fault::Twice => self.api_field_twice().to_owned(),
            Fault::Mismatch => self.api_field_form().to_owned(),
            Fault::Name(_) | Fault::Title(Unnamed::Control) | Fault::Equipment(InvalidEquipment::Control) => {
                self.name_invalid().to_owned()
            }
            Fault::Choice => self.choose_what().to_owned(),
            Fault::Feed => self.feed_form().to_owned(),
            Fault::Scopes => self.token_scopes_form().to_owned(),
            Fault::Number { least, most } => self.setting_number(least, most),
            Fault::RoomTaken => self.room_name_taken().to_owned(),
            Fault::PlanTaken => self.floor_plan_name_taken().to_owned(),
            Fault::Metres => self.floor_plan_metres().to_owned(),
            Fault::PlanSide => self.floor_plan_side().to_owned(),
            Fault::OffPlan => self.floor_plan_off().to_owned(),
            Fault::GroupTaken => self.group_name_taken().to_owned(),
            Fault::Email => self.group_email_form().to_owned(),
            Fault::Nobody => self.group_nobody().to_owned(),
            Fault::MemberAlready => self.group_member_already().to_owned(),
            Fault::Machines => self.room_machines().to_owned(),
            Fault::Equipment(InvalidEquipment::Long) => self.room_equipment_long(&EQUIPMENT_NAME.to_string()),
            Fault::Equipment(InvalidEquipment::Many) => self.room_equipment_many(&EQUIPMENT.to_string()),
            Fault::PlaceTaken => self.equipment_place_taken().to_owned(),
            Fault::Destination => self.equipment_where_to().to_owned(),
            Fault::Resource => self.booking_form_resource().to_owned(),
            Fault::DateAndTime => self.date_and_time_form().to_owned(),
            Fault::Instant => self.booking_form_time().to_owned(),
            Fault::Order => self.booking_order().to_owned(),
            Fault::Over => self.closure_over().to_owned(),
            Fault::TooFar(months) => self.closure_far(&months.to_string()),
            Fault::HoldReason => self.hold_choose_reason().to_owned(),
            Fault::Day => self.day_form().to_owned(),
            Fault::OneDateOnly => self.series_one_date_only().to_owned(),
            Fault::LastDay => self.hold_day_form().to_owned(),
            Fault::NoSuchDay => self.no_such_day().to_owned(),
            Fault::DayPast => self.hold_day_past().to_owned(),
            Fault::RemarkTooLong(most) => self.hold_remark_long(&most.to_string()),
            Fault::PushService => self.push_service().to_owned(),
            Fault::PushKey => self.push_key().to_owned(),
            Fault::Issuer(invalid) => self.issuer_invalid(invalid).to_owned(),
            Fault::IssuerLinked => self.provider_issuer_linked().to_owned(),
            Fault::ProviderTaken => self.provider_taken().to_owned(),
            Fault::ClientSecret => self.provider_secret_invalid().to_owned(),
            Fault::ClientSecretAgain => self.provider_secret_again().to_owned(),
            Fault::Tokens(invalid) => self.provider_tokens(invalid),
            Fault::NoFactorValues => self.provider_factor_values_missing().to_owned(),
            Fault::Decimal => self.building_decimal().to_owned(),
            Fault::Topic(invalid) => self.topic_invalid(invalid),
            Fault::Degrees => self.actuator_degrees_form().to_owned(),
            Fault::AboveLimit => self.actuator_above_limit().to_owned(),
            Fault::AboveCutOff(limit) => self.actuator_above_cut_off(&self.degrees(limit)),
            Fault::RuleTaken => self.actuator_rule_taken().to_owned(),
            Fault::NoHardLimit => self.actuator_no_hard_limit().to_owned(),
            Fault::OutputTaken => self.actuator_output_taken().to_owned(),
            Fault::OneOutput => self.actuator_one_output().to_owned(),
            Fault::TopicReserved => self.building_topic_reserved().to_owned(),
            Fault::TopicTaken => self.building_topic_taken().to_owned(),
            Fault::NoPath => self.building_no_path().to_owned(),
            Fault::Unit => self.building_unit().to_owned(),
            Fault::Limits => self.building_limits().to_owned(),
            Fault::Title(Unnamed::Empty) => self.announcement_no_title().to_owned(),
            Fault::Title(Unnamed::Long) => self.announcement_long_title().to_owned(),
            Fault::Text(InvalidText::Empty) => self.announcement_no_text().to_owned(),
            Fault::Text(InvalidText::Long) => self.announcement_long_text(&TEXT.to_string()),
            Fault::Audience => self.announcement_no_audience().to_owned(),
            Fault::Period(InvalidPeriod::Empty) => self.announcement_empty().to_owned(),
            Fault::Period(InvalidPeriod::Over) => self.announcement_over().to_owned(),
            Fault::Draw(fault) => self.draw_fault(fault),
            Fault::Event(invalid) => self.event_terms(invalid),
            Fault::NoSuchHour => self.event_no_such_hour().to_owned(),
            Fault::Hour => self.notice_settings_hour_form().to_owned(),
            Fault::TimeOfDay => self.notice_settings_minute_form().to_owned(),
            Fault::QuietHours => self.notice_settings_quiet_form().to_owned(),
            Fault::DuesReference => self.dues_reference_invalid().to_owned(),
            Fault::DuesReferenceTaken => self.dues_reference_taken().to_owned(),
            Fault::MoreTime(days) => self.dues_more_time_far(&days.to_string()),
            Fault::EndpointAddress(InvalidAddress::Form) => self.webhook_address_form().to_owned(),
            Fault::CalendarAddress(invalid) | Fault::EndpointAddress(invalid) => {
                self.calendar_address(invalid).to_owned()
            }
            Fault::Events => self.webhook_events_form().to_owned(),
            Fault::SlackToken => self.slack_token_form().to_owned(),
            Fault::SlackSecret => self.slack_secret_form().to_owned(),
            Fault::SlackChannel => self.slack_channel_form().to_owned(),
            Fault::NotAgreed => self.document_not_agreed().to_owned(),
            Fault::Directory(invalid) => self.directory_setting(invalid).to_owned(),
            Fault::RuleTarget => self.group_rule_no_target().to_owned(),
            Fault::Locked(kind) => self.notice_settings_locked_form(self.notice_kind(kind)),
        }
    }

    const fn calendar_address(self, invalid: InvalidAddress) -> &'static str {
        match invalid {
            InvalidAddress::Form => self.external_form_address(),
            InvalidAddress::Login => self.external_form_login(),
            InvalidAddress::Port => self.external_form_port(),
            InvalidAddress::Private => self.external_form_private(),
        }
    }
}
