//! Groups of people who book together: their members, who asks to join, and who is invited.

use crate::{equipment::Shelved, form::Link, notices::NoticeView, series::SeriesView};
use domain::{
    accounts::Email,
    bookings::{Resource, State},
    draws::State as DrawState,
    groups::{DEPARTMENT, LineFault, Role, TABLE},
    id::{BookingId, DrawId, GroupId, GroupInvitationId, PersonId},
    names::{Line, Name, Remark},
    time::Moment,
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Groups;

    /// List groups
    ///
    /// Lists groups by name. Archived groups are included for callers who may restore them.
    GET "groups" => ListGroups() -> Groups,
        page "groups/list", scope PeopleRead,
        lists groups by |group: &GroupView| -> (bool, String, i64) { (group.archived, group.name.clone(), group.id.0) };

    /// Add a group
    ///
    /// Adds a group. Its first admin can be named at once; others are added or invited afterwards.
    POST "groups" => AddGroup(form: NewGroup) -> GroupAdded,
        page "groups/add", scope PeopleWrite, makes Below as group,
        errors ["group.invalid"];

    /// Import groups from a table
    ///
    /// Previews an import: the groups and memberships that would be added or changed, the lines that change nothing, and
    /// the lines that are left out with the reason. With `apply`, imports them. Nobody is removed from a group. At most
    /// 5,000 lines.
    POST "groups/import" => ImportGroups(form: GroupsTable) -> GroupsImport,
        page "groups/import", scope PeopleWrite, gives,
        errors ["group.invalid", "group.no-column", "group.too-many-lines"];

    /// Get a group
    ///
    /// Returns a group.
    GET "groups/{id}" => ReadGroup(id: GroupId) -> GroupView, scope PeopleRead, versioned, errors ["group.unknown"];

    /// Load a group with everything its reader may see
    READ => ReadGroupPage(id: GroupId) -> GroupPage, page "groups/read";

    /// Update a group
    ///
    /// Changes the name and department of a group.
    PUT "groups/{id}" => SaveGroup(id: GroupId, version: i64, form: GroupForm) -> (),
        page "groups/save", scope PeopleWrite, errors ["group.unknown", "group.invalid"];

    /// Archive a group
    ///
    /// Archives a group. Its bookings ahead are cancelled, also those of its series. Nobody can join it or book for it until it is
    /// restored.
    POST "groups/{id}/archive" => ArchiveGroup(id: GroupId) -> Shelved,
        page "groups/archive", scope PeopleWrite, errors ["group.unknown"];

    /// Restore a group
    ///
    /// Restores a group with the members that it had. Bookings that its archiving cancelled come back where the group may still book and
    /// the time is free, each in the state that it had: one that waited for an answer waits again.
    /// The answer lists the bookings that did not come back.
    POST "groups/{id}/restore" => RestoreGroup(id: GroupId) -> GroupRestored,
        page "groups/restore", scope PeopleWrite, gives, errors ["group.unknown", "group.invalid"];

    /// List the members of a group
    ///
    /// Lists the members of a group, for its members and for callers who see people.
    GET "groups/{id}/members" => ListGroupMembers(id: GroupId) -> GroupMembers,
        scope PeopleRead, errors ["group.unknown"],
        lists members by |member: &GroupMember| -> i64 { member.person.0 };

    /// Add a member to a group
    ///
    /// Makes a person a member without asking them.
    POST "groups/{id}/members" => AddGroupMember(group: GroupId, form: NewGroupMember) -> (),
        scope PeopleWrite, errors ["group.unknown", "group.person-inactive", "group.last-admin", "group.archived"];

    /// Change the role of a member
    ///
    /// Makes a member an admin of the group, or an admin a member.
    PUT "groups/{id}/members/{person}" => ChangeGroupRole(group: GroupId, person: PersonId, form: GroupRole) -> (),
        page "groups/role", scope PeopleWrite, errors ["group.unknown", "group.person-unknown", "group.last-admin"];

    /// Remove a member from a group
    ///
    /// Removes a member and makes the group's link useless. Everybody can leave by removing themselves.
    DELETE "groups/{id}/members/{person}" => RemoveGroupMember(group: GroupId, person: PersonId) -> (),
        page "groups/remove", scope PeopleWrite, errors ["group.unknown", "group.person-unknown", "group.last-admin"];

    /// Join a group
    ///
    /// Accepts an invitation, or joins by the key in the group's link.
    POST "groups/{id}/join" => JoinGroup(group: GroupId, form: GroupKey) -> (),
        page "groups/join", scope PeopleWrite, errors ["group.unknown", "group.invitation-over", "group.archived"];

    /// Ask to join a group
    ///
    /// Asks the admins of a group to become a member.
    POST "groups/{id}/requests" => AskToJoinGroup(group: GroupId) -> (),
        page "groups/ask", scope PeopleWrite, errors ["group.unknown", "group.member-already", "group.archived"];

    /// Accept a request to join
    ///
    /// Makes a person who asks to join a member.
    POST "groups/{id}/requests/{person}/accept" => AcceptGroupRequest(group: GroupId, person: PersonId) -> (),
        page "groups/accept", scope PeopleWrite, errors ["group.unknown", "group.request-over", "group.person-inactive", "group.archived"];

    /// Decline a request to join
    ///
    /// Declines a request to join. Everybody can withdraw their own.
    POST "groups/{id}/requests/{person}/decline" => DeclineGroupRequest(group: GroupId, person: PersonId) -> (),
        page "groups/decline", scope PeopleWrite, errors ["group.unknown", "group.request-over"];

    /// Invite a person to a group
    ///
    /// Invites the member of the space with an e-mail address. The invitation is valid for seven days. The answer is the same
    /// whether or not a member has the address, except for callers who may see people.
    POST "groups/{id}/invitations" => InviteToGroup(group: GroupId, form: GroupInvitee) -> (),
        page "groups/invite", scope PeopleWrite,
        errors ["group.unknown", "group.invalid", "group.too-many-invitations", "group.archived"];

    /// Withdraw an invitation
    ///
    /// Withdraws an invitation to a group. The invited person declines it in the same way.
    DELETE "groups/{id}/invitations/{invitation}" =>
        WithdrawGroupInvitation(group: GroupId, invitation: GroupInvitationId) -> (),
        page "groups/withdraw", scope PeopleWrite, errors ["group.unknown", "group.invitation-over"];

    /// Replace the link of a group
    ///
    /// Returns a link by which members of the space join the group, for seven days. Earlier links become useless.
    POST "groups/{id}/link" => RenewGroupLink(id: GroupId) -> GroupLink,
        page "groups/link", scope PeopleWrite, gives, link link, errors ["group.unknown", "group.archived"];

    /// Revoke the link of a group
    ///
    /// Makes the link of a group useless.
    DELETE "groups/{id}/link" => RevokeGroupLink(id: GroupId) -> (),
        page "groups/unlink", scope PeopleWrite, errors ["group.unknown"];
}

/// The fields of a group.
#[derive(Debug, Clone, Form)]
pub struct GroupForm {
    /// The group's name.
    #[field(example = "Bookbinders")]
    pub name: Name,
    /// The department that it belongs to, as people call it.
    #[field(example = "Design department")]
    pub department: Line<DEPARTMENT>,
}

/// A new group.
#[derive(Debug, Clone, Form)]
pub struct NewGroup {
    /// The group's name.
    #[field(example = "Bookbinders")]
    pub name: Name,
    /// The department that it belongs to, as people call it.
    #[field(example = "Design department")]
    pub department: Line<DEPARTMENT>,
    /// The e-mail address of its first admin, a member of the space.
    #[field(example = "nora@example.org")]
    pub admin: Option<Email>,
}

/// A new member of a group.
#[derive(Debug, Clone, Form)]
pub struct NewGroupMember {
    /// The id of the person.
    #[field(example = 7)]
    pub person: PersonId,
    /// The role.
    pub role: Role,
}

/// A table of groups and their members.
#[derive(Debug, Clone, Form)]
pub struct GroupsTable {
    /// CSV with the headings `group`, `department`, `person` and `role`. A person is an e-mail address or a whole name; a line
    /// without one only adds its group.
    #[field(example = "group,department,person,role\nBookbinders,Design department,nora@example.org,admin")]
    pub table: Remark<TABLE>,
    /// Whether to import it; otherwise it is only previewed.
    pub apply: bool,
}

/// The role of a member.
#[derive(Debug, Clone, Form)]
pub struct GroupRole {
    /// The role.
    pub role: Role,
}

/// How the caller joins a group.
#[derive(Debug, Clone, Form)]
pub struct GroupKey {
    /// The key in the group's link. Without it, the caller's invitation is accepted.
    pub key: Line<64>,
}

/// A person to be invited.
#[derive(Debug, Clone, Form)]
pub struct GroupInvitee {
    /// The e-mail address of a member of the space.
    #[field(example = "nora@example.org")]
    pub email: Email,
    /// The role that they get.
    pub role: Role,
}

/// A group.
#[view]
pub struct GroupView {
    /// Its id.
    #[field(example = 2)]
    pub id: GroupId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The group's name.
    #[field(example = "Bookbinders")]
    pub name: String,
    /// The department that it belongs to.
    #[field(example = "Design department")]
    pub department: String,
    /// The number of members.
    #[field(example = 14)]
    pub members: u32,
    /// The names of its admins, for its members and callers who see people.
    pub admins: Vec<String>,
    /// Whether it has an active admin.
    pub has_admin: bool,
    /// The number of people who ask to join, if the caller decides about them.
    pub requests: Option<u32>,
    /// The caller's role.
    pub role: Option<Role>,
    /// When the caller asked to join.
    pub asked: Option<Moment>,
    /// The id of the caller's invitation.
    pub invitation: Option<GroupInvitationId>,
    /// Until when the caller is invited.
    pub invited_until: Option<Moment>,
    /// Its hours in the present week.
    pub hours: GroupHours,
    /// When its next booking begins.
    pub next_booking: Option<Moment>,
    /// The names of rooms, types and machines that only some groups may book, and this one may.
    pub may_book: Vec<String>,
    /// Whether it is archived.
    pub archived: bool,
}

/// The hours of a group in the present week, Monday to Sunday.
#[view]
#[derive(Copy)]
pub struct GroupHours {
    /// Minutes that were used, or passed unused.
    #[field(example = 180)]
    pub used: u32,
    /// Minutes that are booked ahead.
    #[field(example = 90)]
    pub ahead: u32,
    /// The hours that a group may book in a week; 0 stands for no limit.
    #[field(example = 12)]
    pub most: u16,
}

#[cfg(feature = "server")]
impl crate::operation::HasVersion for GroupView {
    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    pub now: Moment,
    pub groups: Vec<GroupView>,
    /// Whether the reader may add groups and edit all of them.
    pub may_change: bool,
}

/// The result of adding a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAdded {
    pub group: GroupId,
}

/// The result of restoring a group.
#[view]
pub struct GroupRestored {
    /// The id of the group.
    #[field(example = 2)]
    pub id: GroupId,
    /// Its name.
    #[field(example = "Bookbinders")]
    pub name: String,
    /// The number of bookings that came back.
    #[field(example = 12)]
    pub restored: u32,
    /// The number of bookings that did not.
    #[field(example = 1)]
    pub lost: u32,
    /// Those that did not, by their start; 100 at most.
    pub lost_bookings: Vec<LostBooking>,
}

impl From<GroupRestored> for Shelved {
    fn from(GroupRestored { id, name, lost, .. }: GroupRestored) -> Self {
        Self { lost, ..Self::new(id.0, name, false) }
    }
}

/// A booking that did not come back with its group.
#[view]
pub struct LostBooking {
    /// The machine or room.
    #[field(example = "room:3")]
    pub resource: Resource,
    /// When it was to begin.
    pub starts: Moment,
    /// The code of the reason.
    #[field(example = "booking.taken")]
    pub reason: String,
}

/// A member of a group.
#[view]
pub struct GroupMember {
    /// The id of the person.
    #[field(example = 7)]
    pub person: PersonId,
    /// Their name.
    #[field(example = "Nora Kofler")]
    pub name: String,
    /// Their role.
    pub role: Role,
    /// When they became a member.
    pub since: Moment,
    /// Whether they are on hold; only for those who decide about members.
    pub on_hold: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMembers {
    pub members: Vec<GroupMember>,
}

/// A person who asks to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRequest {
    pub person: PersonId,
    pub name: String,
    pub asked: Moment,
}

/// An open invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInvitation {
    pub id: GroupInvitationId,
    /// The invited e-mail address; for readers who see people the name of its holder, if there is one.
    pub name: String,
    pub role: Role,
    pub invited: Moment,
    pub expires: Moment,
}

/// An upcoming booking of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupBooking {
    pub id: BookingId,
    /// Name of the machine or room.
    pub name: String,
    pub starts: Moment,
    pub ends: Moment,
    pub state: State,
    /// Name of the person who answers for it, if any.
    pub by: Option<String>,
}

/// The result of importing groups.
#[view]
pub struct GroupsImport {
    /// Whether it was applied; a preview changes nothing.
    pub done: bool,
    /// The number of new groups.
    #[field(example = 2)]
    pub groups: u32,
    /// The number of new memberships and changed roles.
    #[field(example = 14)]
    pub members: u32,
    /// The number of lines that change nothing.
    #[field(example = 3)]
    pub kept: u32,
    /// The lines that are left out.
    pub left: Vec<GroupsImportLine>,
}

/// A line of a table that is left out.
#[view]
pub struct GroupsImportLine {
    /// Its number; the headings are line 1.
    #[field(example = 7)]
    pub line: u32,
    /// The reason.
    pub why: LineFault,
}

/// A group, with everything its reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPage {
    pub now: Moment,
    pub group: GroupView,
    /// `name` and `department`, as in its form.
    pub saved: Saved,
    /// Who sent the reader's invitation, if known.
    pub invited_by: Option<String>,
    /// Admins first, then by name; `None` for people who are not in it.
    pub members: Option<Vec<GroupMember>>,
    /// The longest waiting first; only for those who decide.
    pub requests: Vec<GroupRequest>,
    /// By address; only for those who decide.
    pub invitations: Vec<GroupInvitation>,
    /// Its upcoming bookings by start, for its members and those who decide.
    pub bookings: Vec<GroupBooking>,
    /// Its series with dates to come, for the same readers.
    pub series: Vec<SeriesView>,
    /// Draws in which it has wishes or can enter some, by closing, for the same readers.
    pub draws: Vec<GroupDraw>,
    /// Notices about it to the reader, newest first.
    pub notices: Vec<NoticeView>,
    /// Whether the reader books for it.
    pub books: bool,
    /// Until when its link is valid; only for those who decide.
    pub link_until: Option<Moment>,
    /// Whether the reader decides about members: admins of the group, and managers.
    pub decides: bool,
}

/// A draw, and what a group wishes in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDraw {
    pub id: DrawId,
    pub name: String,
    pub state: DrawState,
    /// When it takes no more wishes.
    pub closes: Moment,
    pub wishes: u32,
    /// Wishes at most.
    pub limit: u16,
    /// Wishes that were won, once it has run.
    pub won: u32,
}

/// The link of a group.
#[view]
pub struct GroupLink {
    /// The id of the group.
    pub id: GroupId,
    /// Its address on this site. It cannot be retrieved later.
    #[field(example = "https://toolgate.example.org/groups/2/join?key=kXw3vD0nTqS8pYbL2mRzEg")]
    pub link: Link,
}
