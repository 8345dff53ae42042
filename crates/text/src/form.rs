//! Messages at the fields of forms.

use crate::Lang;
use contract::form::Fault;

impl Lang {
    /// The message at the field.
    #[must_use]
    pub fn fault(self, fault: Fault) -> String {
        match fault {
            Fault::Missing => self.api_field_missing().to_owned(),
            Fault::Unknown => self.api_field_unknown().to_owned(),
            Fault::Mismatch => self.api_field_form().to_owned(),
            Fault::Name(_) => self.name_invalid().to_owned(),
            Fault::Choice => self.choose_what().to_owned(),
            Fault::Feed => self.feed_form().to_owned(),
            Fault::Scopes => self.token_scopes_form().to_owned(),
            Fault::Number { least, most } => self.setting_number(least, most),
            Fault::RoomTaken => self.room_name_taken().to_owned(),
            Fault::Machines => self.room_machines().to_owned(),
            Fault::PlaceTaken => self.equipment_place_taken().to_owned(),
            Fault::Destination => self.equipment_where_to().to_owned(),
            Fault::HoldReason => self.hold_choose_reason().to_owned(),
            Fault::LastDay => self.hold_day_form().to_owned(),
            Fault::NoSuchDay => self.no_such_day().to_owned(),
            Fault::DayPast => self.hold_day_past().to_owned(),
            Fault::RemarkTooLong(most) => self.hold_remark_long(&most.to_string()),
        }
    }
}
