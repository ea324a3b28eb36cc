// The sections by kind of work. One is shown when a route has its name and the person may go there.

import {
  Avatar,
  Bell,
  Calendar,
  ChatDotRound,
  ChatLineSquare,
  Checked,
  DocumentChecked,
  Files,
  Location,
  Menu,
  Phone,
  Picture,
  Setting,
  User,
  UserFilled,
} from '@element-plus/icons-vue';
import type { Component } from 'vue';
import type { RouteRecordNormalized } from 'vue-router';
import { type Account, can, session } from '../session';
import { texts } from '../texts';

type Group = keyof typeof texts.frame.groups;
type Section = keyof typeof texts.frame.sections;

const GROUPS: Record<Group, Section[]> = {
  content: ['notices', 'sections', 'media', 'words'],
  contact: ['menu', 'answers', 'conversations', 'followers'],
  facts: ['places', 'contacts', 'events'],
  administration: ['people', 'everybody', 'audit', 'settings'],
};

const ICONS: Record<Section, Component> = {
  notices: Bell,
  sections: Files,
  media: Picture,
  words: Checked,
  menu: Menu,
  answers: ChatLineSquare,
  conversations: ChatDotRound,
  followers: UserFilled,
  places: Location,
  contacts: Phone,
  events: Calendar,
  people: User,
  everybody: Avatar,
  audit: DocumentChecked,
  settings: Setting,
};

export interface NavigationItem {
  name: Section;
  title: string;
  about: string;
  icon: Component;
}

export interface NavigationGroup {
  name: Group;
  title: string;
  items: NavigationItem[];
}

/** What a person finds in an account, of what there is. */
export function navigationOf(account: Account | undefined, routes: RouteRecordNormalized[]): NavigationGroup[] {
  const isShown = (name: Section) => {
    const route = routes.find((found) => found.name === name);
    return route !== undefined && isAllowed(route.meta, account);
  };
  return (Object.keys(GROUPS) as Group[])
    .map((name) => ({
      name,
      title: texts.frame.groups[name],
      items: GROUPS[name].filter(isShown).map((section) => ({
        name: section,
        title: texts.frame.sections[section],
        about: texts.about[section],
        icon: ICONS[section],
      })),
    }))
    .filter(({ items }) => items.length > 0);
}

export function isAllowed(meta: RouteRecordNormalized['meta'], account: Account | undefined): boolean {
  if (meta.owner === true && session.value?.is_owner !== true) {
    return false;
  }
  return meta.ability === undefined || can(account, meta.ability);
}
